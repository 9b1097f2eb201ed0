// What a served page can do: send requests to the chapters' programs,
// check exercises, and follow what is saved. A page that was not served
// by `cargo run -p book` has no token, and stays as it is printed.
(() => {
    const served = document.querySelector("meta[name=live-token]");
    const token = served?.content;
    if (!token) return;

    const page = location.pathname.split("/").pop() || "index.html";

<<<<<<< HEAD
    // Where the programs are that are run for each request: at another
    // port than the book.
    const programs = `http://${location.hostname}:${served.dataset.programs}`;

    async function ask(what, options = {}) {
        const headers = { "X-Live-Token": token };
        const answer = await fetch("/live/" + what, { headers, ...options });
        return answer.json();
    }

    function element(name, properties, ...children) {
        const made = Object.assign(document.createElement(name), properties);
        made.append(...children);
        return made;
    }

    function button(text, action) {
        const made = element("button", { type: "button", textContent: text });
        made.addEventListener("click", action);
        return made;
    }

    // Text with its invisible characters made visible, as in the
    // printed figures.
    function visible(line) {
        const parts = [];
        const isCrLf = line.endsWith("\r\n");
        const text = isCrLf ? line.slice(0, -2) : line;
        for (const piece of text.split(/([\u0000-\u0008\u000b-\u001f\u007f-\u009f])/)) {
            if (piece.length === 1 && piece !== "\t" && /[\u0000-\u001f\u007f-\u009f]/.test(piece)) {
                const code = piece.charCodeAt(0).toString(16);
                const name = piece === "\r" ? "\\r" : `\\u{${code}}`;
                parts.push(element("span", { className: "control", textContent: name }));
            } else if (piece) {
                parts.push(piece);
            }
        }
        if (isCrLf) {
            parts.push(element("span", { className: "crlf" }), "\n");
        }
        return parts;
    }

    const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

    // For each line of `now`, whether it is in `before` in this order:
    // the longest common subsequence, which is short work for messages.
    function common(before, now) {
        if (before.length * now.length > 1e6) return now.map(() => true);
        const length = Array.from({ length: before.length + 1 }, () =>
            new Uint32Array(now.length + 1));
        for (let b = before.length - 1; b >= 0; b--) {
            for (let n = now.length - 1; n >= 0; n--) {
                length[b][n] = before[b] === now[n]
                    ? length[b + 1][n + 1] + 1
                    : Math.max(length[b + 1][n], length[b][n + 1]);
            }
        }
        const isCommon = [];
        let b = 0;
        for (let n = 0; n < now.length; n++) {
            while (b < before.length && before[b] !== now[n]
                && length[b + 1][n] >= length[b][n + 1]) b++;
            const same = before[b] === now[n];
            if (same) b++;
            isCommon.push(same);
        }
        return isCommon;
    }

    // A message, with the lines marked that the book does not print.
    function message(text, normal, printed) {
        const now = lines(normal);
        const isPrinted = common(lines(printed), now);
        const isSameLength = now.length === lines(text).length;
        const code = element("code", { className: "nohighlight hljs" });
        lines(text).forEach((line, at) => {
            const parts = visible(line);
            const isNew = isSameLength && !isPrinted[at];
            code.append(...(isNew ? [element("ins", {}, ...parts)] : parts));
        });
        return element("pre", { className: "message" }, code);
    }

    // What a message was made of: its ends of lines are not in the text.
    function printedText(code) {
        let text = "";
        for (const node of code?.childNodes ?? []) {
            if (node.className === "crlf") text += "\r";
            else if (node.className === "control") {
                text += node.textContent.replace(/^\\u\{([0-9a-f]+)\}$/, (_, code) =>
                    String.fromCharCode(parseInt(code, 16))).replace("\\r", "\r");
            } else text += node.textContent;
        }
        return text;
    }

    // --- Exchanges

    // Requests as they are edited: plain, a line of the head ends in
    // CR LF by itself; as bytes, \r, \\ and \xHH are written out.
    const NEXT = "\n---\n";

    function toPlain(requests) {
        return requests.map((text) => text.replaceAll("\r\n", "\n")).join(NEXT);
    }

    function fromPlain(text, isCrLf) {
        return text.split(NEXT).map((request) => {
            const end = request.indexOf("\n\n");
            const head = end < 0 ? request : request.slice(0, end + 2);
            const body = end < 0 ? "" : request.slice(end + 2);
            const ends = isCrLf ? body.replaceAll("\n", "\r\n") : body;
            return head.replaceAll("\n", "\r\n") + ends;
        });
    }

    function toBytes(requests) {
        return escaped(requests.join(""));
    }

    function escaped(text) {
        return text.replaceAll("\\", "\\\\").replaceAll("\r", "\\r");
    }

    function fromBytes(text) {
        const bytes = [];
        const pieces = text.split(/(\\x[0-9a-fA-F]{2}|\\r|\\\\)/);
        for (const piece of pieces) {
            if (piece === "\\r") bytes.push(13);
            else if (piece === "\\\\") bytes.push(92);
            else if (/^\\x[0-9a-fA-F]{2}$/.test(piece)) bytes.push(parseInt(piece.slice(2), 16));
            else bytes.push(...new TextEncoder().encode(piece));
        }
        return new Uint8Array(bytes);
    }

    const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

    // A command that sends the same request from a terminal.
    function curl(figure, request) {
        const isCgi = figure.dataset.how === "cgi";
        const origin = isCgi ? programs : "http://127.0.0.1:8000";
        const [head, ...rest] = request.split("\r\n\r\n");
        const [first, ...fields] = head.split("\r\n");
        const [method, target, version] = first.split(" ");
        if (!target?.startsWith("/") || !version) {
            const port = origin.split(":").pop();
            const bytes = request.replaceAll("\\", "\\\\").replaceAll("%", "%%")
                .replaceAll("\r", "\\r").replaceAll("\n", "\\n");
            return `printf ${quoted(bytes)} | nc 127.0.0.1 ${port}`;
        }
        const words = ["curl", "-i"];
        if (method === "HEAD") words[1] = "-I";
        else if (method !== "GET") words.push("-X", method);
        if (version === "HTTP/1.0") words.push("--http1.0");
        for (const field of fields) {
            if (!/^(host|content-length):/i.test(field)) words.push("-H", quoted(field));
        }
        const body = rest.join("\r\n\r\n");
        if (body) words.push("--data-binary", quoted(body));
        const path = isCgi && !target.startsWith("/cgi-bin/")
            ? `/cgi-bin/${figure.dataset.program}${target}` : target;
        words.push(quoted(origin + path));
        return words.join(" ");
    }

    function setUp(figure) {
        const requests = JSON.parse(figure.dataset.requests);
        const request = figure.querySelector(".side.request");
        const response = figure.querySelector(".side.response");
        const sides = figure.querySelector(".sides");
        const printed = {
            response: printedText(response.querySelector("code")),
            log: printedText(figure.querySelector(".side.log code")),
        };
        const original = sides.cloneNode(true);
        let area = null;
        let asBytes = false;

        const status = element("span", { className: "status" });
        status.setAttribute("role", "status");
        const send = button("Send", () => run());
        const edit = button("Edit", () => (area ? leave() : enter()));
        const ends = button("\\r\\n", () => toggleEnds());
        ends.title = "Show the ends of lines";
        ends.setAttribute("aria-pressed", "false");
        const copy = button("Copy as curl", async () => {
            const bytes = current();
            const text = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
            await navigator.clipboard?.writeText(curl(figure, text));
            status.textContent = "copied";
        });
        const bar = element("div", { className: "live-bar" }, send, edit, ends, copy, status);
        request.querySelector(".title").after(bar);

        const isCrLf = () => requests.some((text) => {
            const body = text.split("\r\n\r\n").slice(1).join("");
            return body.includes("\r\n");
        });

        // What would be sent now.
        function current() {
            if (!area) return requests.join("");
            if (asBytes) return fromBytes(area.value);
            return fromPlain(area.value, isCrLf()).join("");
        }

        function enter(text) {
            const pres = request.querySelectorAll("pre");
            pres.forEach((pre) => { pre.hidden = true; });
            area = element("textarea", {
                value: text ?? (asBytes ? toBytes(requests) : toPlain(requests)),
                spellcheck: false,
            });
            area.setAttribute("aria-label", "The request. Control and Enter send it, Escape ends editing.");
            area.addEventListener("keydown", (event) => {
                // The page's own shortcuts are not meant here.
                event.stopPropagation();
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
                if (event.key === "Escape") leave();
            });
            const fit = () => { area.rows = Math.max(4, area.value.split("\n").length + 1); };
            area.addEventListener("input", fit);
            fit();
            bar.after(area);
            edit.textContent = "As printed";
            if (text === undefined) area.focus();
        }

        function leave() {
            area?.remove();
            area = null;
            request.querySelectorAll("pre").forEach((pre) => { pre.hidden = false; });
            edit.textContent = "Edit";
            restore();
            edit.focus();
        }

        // The printed answer again.
        function restore() {
            sides.querySelectorAll(".side.response, .side.log, .side.environ")
                .forEach((side) => side.remove());
            original.querySelectorAll(".side.response, .side.log")
                .forEach((side) => sides.append(side.cloneNode(true)));
            status.textContent = "";
            figure.classList.remove("sent");
        }

        function toggleEnds() {
            const bytes = area ? current() : null;
            asBytes = !asBytes;
            figure.classList.toggle("ends", asBytes);
            ends.setAttribute("aria-pressed", String(asBytes));
            if (!area) return;
            const text = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
            area.value = asBytes ? escaped(text) : text.replaceAll("\r\n", "\n");
        }

        async function run() {
            send.disabled = true;
            status.textContent = "sending …";
            const slow = setTimeout(() => { status.textContent = "building …"; }, 400);
            const { program, how } = figure.dataset;
            const query = new URLSearchParams({ program, how });
            let result;
            try {
                result = await ask("send?" + query, { method: "POST", body: current() });
            } catch {
                result = { trouble: "The book does not answer; is it still running?" };
            }
            clearTimeout(slow);
            send.disabled = false;
            show(result);
        }

        function side(name, title, ...content) {
            const heading = element("div", { className: "title", textContent: title });
            return element("div", { className: "side " + name }, heading, ...content);
        }

        function show(result) {
            sides.querySelectorAll(".side.response, .side.log, .side.environ")
                .forEach((old) => old.remove());
            figure.classList.add("sent");
            const failed = result.broken ?? result.trouble;
            if (failed !== undefined) {
                const title = result.broken ? "It does not compile" : "It did not work";
                const pre = element("pre", { className: "problem" },
                    element("code", { className: "nohighlight hljs", textContent: failed }));
                sides.append(side("response", title, pre));
                status.textContent = "";
                return;
            }
            const none = "(the connection was closed without an answer)\n";
            const answer = result.answer || none;
            sides.append(side("response", "Response, from your program",
                message(answer, result.answer ? result.normal : none, printed.response)));
            if (result.log) {
                sides.append(side("log", "Error log",
                    message(result.log, result.normalLog, printed.log)));
            }
            if (result.environ) sides.append(environ(result.environ));
            const isSame = result.normal === printed.response
                || !result.answer && printed.response === none;
            status.textContent = `${isSame ? "as printed" : "not as printed"}, `
                + `${result.took < 10 ? result.took.toFixed(1) : Math.round(result.took)} ms`;
        }

        function environ(pairs) {
            const rows = pairs.map(([key, value]) => element("tr", {},
                element("th", { scope: "row", textContent: key }),
                element("td", { textContent: value })));
            const title = figure.dataset.how === "cgi"
                ? "The environ" : "The environ that chapter 8's server makes of these bytes";
            const fold = element("details", { className: "environ" },
                element("summary", { textContent: title }),
                element("table", {}, element("tbody", {}, ...rows)));
            return element("div", { className: "side environ" }, fold);
        }

        figure.live = {
            save: () => (area ? { text: area.value, asBytes } : null),
            restore: (saved) => {
                if (saved.asBytes) toggleEnds();
                enter(saved.text);
            },
        };
=======
    // Where the book serves the programs that are run for each request.
    const programs = location.origin;

    const { element, button } = Parts;

    // Has something done by the book, which says in JSON what came of it.
    async function ask(what, options = {}) {
        const headers = { "X-Live-Token": token };
        let answer;
        try {
            answer = await fetch("/live/" + what, { headers, ...options });
        } catch {
            return { trouble: "The book does not answer; is it still running?" };
        }
        if (answer.status === 403) {
            return { trouble: "The book was started anew; reload the page." };
        }
        const text = await answer.text();
        try {
            return JSON.parse(text);
        } catch {
            return { trouble: `The book answers ${answer.status}:\n${text}` };
        }
>>>>>>> main
    }

    // --- Exercises

    function setUpExercise(section) {
        const number = section.id.replace("exercise-", "");
        const said = element("div", { className: "said" });
        said.setAttribute("role", "status");
        const check = button("Check", async () => {
            // A button that is disabled would lose the focus.
            if (check.getAttribute("aria-disabled") === "true") return;
            check.setAttribute("aria-disabled", "true");
            said.replaceChildren("checking …");
            let result;
            try {
                result = await ask("check?" + new URLSearchParams({ exercise: number }),
                    { method: "POST" });
            } catch {
                result = { trouble: "The book does not answer; is it still running?" };
            }
            check.removeAttribute("aria-disabled");
            if (result.solved === true) {
                said.replaceChildren("Solved.");
            } else {
                const textContent = result.trouble ?? result.said;
                said.replaceChildren(element("pre", { className: "complaint" },
                    element("code", { className: "nohighlight hljs", textContent })));
            }
            follow().catch(() => {});
        });
        check.setAttribute("aria-label", `Check exercise ${number}`);
        const command = [...section.querySelectorAll("pre")]
            .find((pre) => pre.textContent.includes("--test exercises"));
        const bar = element("div", { className: "live-bar" }, check);
        (command ?? section.lastElementChild).after(bar, said);
    }

    // Marks in the sidebar, and at the exercises of this page.
    function mark(exercises) {
        for (const [chapter, marks] of Object.entries(exercises)) {
            const count = (word) => marks.filter(([, is]) => is === word).length;
            const [solved, all] = [count("solved"), marks.length];
            let text = solved === all ? "✓" : `${solved}/${all}`;
            let title = `${solved} of ${all} exercises are solved`;
            if (count("checking")) {
                text = "…";
                title = "The exercises are being checked";
            } else if (count("unchecked")) {
                text = "?";
                title = "Something does not compile, so that exercises cannot be checked";
            }
            for (const link of document.querySelectorAll(`.sidebar a[href$="${chapter}.html"]`)) {
                let mark = link.querySelector(".done");
                if (!mark) {
                    mark = element("span", { className: "done" });
                    link.append(mark);
                }
                mark.textContent = text;
                mark.title = title;
                mark.classList.toggle("all", text === "✓");
            }
            for (const [number, is] of marks) {
                document.getElementById("exercise-" + number)
                    ?.classList.toggle("solved", is === "solved");
            }
        }
    }

    // --- What is saved

    const KEY = "live:" + location.pathname;
    let print = served.dataset;

    const FIGURES = "figure.exchange";
    const FOLDS = "main details:not(.environ)";
    const HOMES = "main figure, section.exercise";
    const CONTROLS = "a[href], button, summary, textarea, [tabindex]";

    // What the reader did on this page, also when it was last loaded:
    // of each exchange by its name, for a figure may come later.
    const kept = readKept();

    function readKept() {
        try {
            return JSON.parse(sessionStorage.getItem(KEY)) ?? { exchanges: {} };
        } catch {
            return { exchanges: {} };
        }
    }

    function keep() {
        kept.scroll = scrollY;
        kept.folds = [...document.querySelectorAll(FOLDS)].map((fold) => fold.open);
        kept.focus = placeOf(document.activeElement);
        for (const figure of document.querySelectorAll(FIGURES)) {
            kept.exchanges[nameOf(figure)] = figure.live.save();
        }
        const written = JSON.stringify(kept);
        // Where there is no room for all answers, what was typed comes first.
        const typed = JSON.stringify(kept, (key, value) => (key === "result" ? null : value));
        for (const text of [written, typed]) {
            try {
                sessionStorage.setItem(KEY, text);
                return;
            } catch {
                sessionStorage.removeItem(KEY);
            }
        }
    }

    // Which exchange it is; there may be two that are alike.
    function nameOf(figure) {
        const { name } = figure.live;
        const same = [...document.querySelectorAll(FIGURES)]
            .filter(({ live }) => live?.name === name);
        return `${name} ${same.indexOf(figure)}`;
    }

    // Where on the page something is that has the focus.
    function placeOf(focused) {
        if (!focused || focused === document.body) return null;
        if (focused.id) return { id: focused.id };
        const home = focused.closest(HOMES) ?? document.querySelector("main");
        const which = [...document.querySelectorAll(HOMES)].indexOf(home);
        const at = [...home.querySelectorAll(CONTROLS)].indexOf(focused);
        return { which, at };
    }

    function focusOn({ id, which, at }) {
        const home = document.querySelectorAll(HOMES)[which] ?? document.querySelector("main");
        const control = id ? document.getElementById(id) : home.querySelectorAll(CONTROLS)[at];
        control?.focus({ preventScroll: true });
    }

    // A page that is loaded again is left and found as it was.
    function comeBack() {
        const [{ type }] = performance.getEntriesByType("navigation");
        if (type === "navigate" || !kept.folds) return;
        document.querySelectorAll(FOLDS).forEach((fold, at) => {
            if (kept.folds[at]) fold.open = true;
        });
        scrollTo(0, kept.scroll);
        if (kept.focus) focusOn(kept.focus);
    }

    // Who has clicked a link is not called back by a page that is new.
    let leftAt = -Infinity;
    const isLeaving = () => performance.now() - leftAt < 20_000;

    async function follow() {
        const state = await ask("state?" + new URLSearchParams({ page }));
        if (state.trouble !== undefined) return;
        mark(state.exercises);
        // A figure that is made later is put in its place without this.
        const isMaking = document.querySelector("figure.pending");
        const part = isMaking ? "text" : "page";
        if (isLeaving()) return;
        if (state[part] && print[part] !== state[part]) location.reload();
        print = state;
    }

    async function keepFollowing() {
        if (!document.hidden) await follow().catch(() => {});
        setTimeout(keepFollowing, 250);
    }

    function setUpAll() {
        for (const figure of document.querySelectorAll(FIGURES)) {
            if (figure.live) continue;
            figure.live = new Exchange(figure, ask, programs);
            const saved = kept.exchanges[nameOf(figure)];
            if (saved) figure.live.restore(saved);
        }
    }

    // The programs' addresses are written for the usual port.
    function mendAddresses() {
        for (const place of document.querySelectorAll("main :is(a, code):not(figure *)")) {
            const mended = place.textContent.replace(
                /http:\/\/127\.0\.0\.1:\d+(?=\/cgi-bin\/)/, programs);
            if (mended !== place.textContent) place.textContent = mended;
        }
    }

    mendAddresses();
    setUpAll();
    // Figures that were being made come later.
    new MutationObserver(setUpAll).observe(document.querySelector("main"),
        { childList: true, subtree: true });
    document.querySelectorAll("section.exercise").forEach(setUpExercise);
    comeBack();
    addEventListener("beforeunload", () => { leftAt = performance.now(); });
    addEventListener("pagehide", keep);
    keepFollowing();
})();
