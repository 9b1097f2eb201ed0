// The main paths of the served book in Firefox, which the npm package
// puppeteer-core drives, by WebDriver BiDi:
//
//     node tests/browser/firefox.mjs http://127.0.0.1:3000 .
//
// It saves a file of the repository that is served, and puts it back.
//
// Each step below is a name and what a reader does; a step that cannot
// be done is named, with what was waited for, and ends it with 1.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const tools = new URL("../../target/ci-tools/puppeteer/", import.meta.url);
const require = createRequire(fileURLToPath(tools));
const puppeteer = require("puppeteer-core");

const [address, folder, firefox = "/usr/bin/firefox-esr"] = process.argv.slice(2);

// How long anything on a page may take: programs are built.
const LIMIT = 120_000;

// --- What steps are made of. `page` is the tab.

let page;

// What a reader would call a button or a field: run in the page.
const HELPERS = `
    window.named = (name, where) => [...(where ?? document)
        .querySelectorAll("button, summary, a, textarea, input")]
        .filter((e) => e.getClientRects().length && !e.closest("[inert]"))
        .find((e) => [e.ariaLabel, e.textContent.trim()]
            .some((said) => said && (said === name || said.startsWith(name + ", "))));
    window.figure = () =>
        document.querySelector('figure.exchange[data-program="ch03"]');
    window.answer = () => figure().querySelector(".side.response").textContent;
    window.said = () => figure().querySelector("[role=status]").textContent;
`;

async function open(name) {
    await page.goto(`${address}/${name}`, { waitUntil: "load" });
    await page.evaluate(HELPERS);
}

// Waits until an expression in the page is true.
async function wait(what, expression) {
    try {
        await page.waitForFunction(expression, { timeout: LIMIT, polling: 50 });
    } catch (error) {
        throw new Error(`never: ${what} (${expression}); ${error.message}`);
    }
}

// Presses what has this name, inside of what a selector names.
async function press(name, where = "body") {
    const inside = `document.querySelector(${JSON.stringify(where)})`;
    const found = `named(${JSON.stringify(name)}, ${inside})`;
    await wait(`there is "${name}"`, `!!${found}`);
    const button = await page.evaluateHandle(found);
    await button.asElement().click();
}

// Tabs until what has this name has the focus, which has to be seen.
async function tabTo(name, where = "body") {
    const inside = `document.querySelector(${JSON.stringify(where)})`;
    const found = `named(${JSON.stringify(name)}, ${inside})`;
    for (let at = 0; at < 400; at++) {
        await page.keyboard.press("Tab");
        const is = await page.evaluate(`document.activeElement === ${found}`);
        if (!is) continue;
        const outline = await page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle");
        if (outline === "none") throw new Error(`the focus on "${name}" is not seen`);
        return;
    }
    throw new Error(`Tab does not lead to "${name}"`);
}

async function control(key) {
    await page.keyboard.down("Control");
    await page.keyboard.press(key);
    await page.keyboard.up("Control");
}

const EXCHANGE = 'figure.exchange[data-program="ch03"]';

// On another page: what was done on one is found again.
const FIRST = "figure.exchange";

// --- What a reader does. One more is one more of these.

const steps = {
    async "a request is sent, and comes back as printed"() {
        await open("ch03.html");
        await press("Send", EXCHANGE);
        await wait("it is as printed", "/^\\W*as printed/i.test(said())");
    },

    async "the environ is unfolded"() {
        const fold = `${EXCHANGE} details.environ`;
        await wait("there is an environ", `!!document.querySelector('${fold}')`);
        const summary = await page.$(`${fold} summary`);
        await summary.click();
        await wait("it is open", `document.querySelector('${fold}').open`);
        await wait("it has a method",
            `document.querySelector('${fold}').textContent.includes("REQUEST_METHODGET")`);
    },

    async "a request is edited, and its answer is another"() {
        await open("ch03.html");
        await press("Edit", EXCHANGE);
        await wait("one can type", "document.activeElement.localName === 'textarea'");
        await page.evaluate("document.activeElement.setSelectionRange(0, 3)");
        await page.keyboard.type("HEAD");
        await control("Enter");
        await wait("it is not as printed", "/not as printed|differ/i.test(said())");
        await wait("there is no body",
            "!Message.textOf(figure().querySelector('.response code')).includes('<h1>')");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Enter");
        await wait("it is as it was", "!figure().querySelector('textarea') && \
            answer().includes('<h1>')");
    },

    async "several are sent at once, and seen side by side"() {
        await open("ch02.html");
        await press("Several", FIRST);
        await press("Send 4 at once", FIRST);
        const rows = `${FIRST} .several table.times tbody tr`;
        await wait("there are four rows",
            `document.querySelectorAll('${rows}').length === 4`);
        await wait("each has its bars",
            `document.querySelectorAll('${rows} .lane').length === 4`);
    },

    async "an exchange is gone through in steps"() {
        await open("ch02.html");
        await press("Send", FIRST);
        await press("Wire", FIRST);
        const output = `document.querySelector('${FIRST} .steps output')?.textContent`;
        await wait("all five are there", `${output} === "5 of 5, bytes out"`);
        await press("Step back", FIRST);
        await wait("one less is there", `${output} === "4 of 5, blocks"`);
    },

    async "a request of the attack is sent to chapter 8's server"() {
        await open("attack.html");
        await page.select(".attack select", "ch08");
        await press("Run a bare CR in a value", ".attack");
        await wait("it is right", "!!document.querySelector('.attack tr.right')");
    },

    async "the first page knows what was read"() {
        await open("ch02.html");
        await open("");
        await wait("chapter 2 is where one is",
            "!!document.querySelector('.way li.here[data-page=ch02]')");
    },

    async "an exercise is checked"() {
        await open("ch01.html");
        await press("Check exercise 1.1", "#exercise-1.1".replace(".1", "\\.1"));
        await wait("it is said how it went",
            "/solved/i.test(document.getElementById('exercise-1.1')\
            .querySelector('[role=status]').textContent)");
    },

    async "a prediction outlives a reload"() {
        await open("ch01.html");
        const area = await page.waitForSelector(".prediction textarea", { timeout: LIMIT });
        await area.type("all of them");
        await press("Keep it, and see", ".prediction");
        const kept = "document.querySelector('.prediction q')?.textContent === 'all of them'";
        await wait("it is shown", kept);
        await page.reload({ waitUntil: "load" });
        await wait("it is still shown", kept);
    },

    async "the search finds a term"() {
        await open("ch01.html");
        await page.keyboard.press("s");
        await wait("one can type", "document.activeElement.localName === 'input'");
        await page.keyboard.type("wsgi.errors");
        await wait("chapter 4 is found",
            "[...document.querySelectorAll('#mdbook-searchresults a')]\
            .some((a) => a.href.includes('ch04.html'))");
    },

    async "the keyboard alone sends, edits and goes on"() {
        await open("ch03.html");
        await wait("it can be sent", "!!named('Send', figure())");
        await tabTo("Send", EXCHANGE);
        await page.keyboard.press("Enter");
        await wait("it is as printed", "/^\\W*as printed/i.test(said())");
        await tabTo("Edit", EXCHANGE);
        await page.keyboard.press("Enter");
        await wait("one can type", "document.activeElement.localName === 'textarea'");
        await page.keyboard.press("Escape");
        await wait("the focus is not lost",
            "document.activeElement.textContent === 'As printed'");
        await page.evaluate("document.activeElement.blur()");
        await page.keyboard.press("ArrowRight");
        await wait("the next page comes", "location.pathname === '/ch03-files.html'");
    },

    // The last: figures are made anew after it.
    async "what was sent is sent again when the code is saved"() {
        await open("ch03.html");
        await press("Send", EXCHANGE);
        await wait("it was sent", "/printed/.test(said())");
        await press("Again on save", EXCHANGE);
        await wait("it is on", "named('Again on save', figure()).ariaPressed === 'true'");
        const file = `${folder}/chapters/ch03/src/lib.rs`;
        const before = readFileSync(file, "utf8");
        try {
            writeFileSync(file, before.replace("<h1>Keys in", "<h1>All keys in"));
            await wait("it is told from the last answer",
                `/differs? from the last answer/.test(document
                .querySelector('${EXCHANGE} .live-bar .status')?.textContent)`);
        } finally {
            writeFileSync(file, before);
        }
    },
};

// --- And all of them.

const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: firefox,
    headless: true,
    // Predictions and the like are this profile's alone.
    extraPrefsFirefox: { "app.update.enabled": false },
});
const errors = [];
let failed = false;
try {
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.setViewport({ width: 1200, height: 900 });
    for (const [name, step] of Object.entries(steps)) {
        const start = performance.now();
        try {
            await step();
            if (errors.length) throw new Error(`a script failed: ${errors.join("; ")}`);
            console.log(`${name} (${Math.round(performance.now() - start)} ms)`);
        } catch (error) {
            console.error(`In Firefox, this cannot be done: ${name}: ${error.message}`);
            failed = true;
            break;
        }
    }
} finally {
    await browser.close();
}
process.exitCode = failed ? 1 : 0;
