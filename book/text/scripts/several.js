// What few ask of an exchange: that it is sent anew with each save, or
// several times at once.
const Several = (() => {
    const { element } = Parts;

    // --- Again on save

    function toggle(exchange) {
        const { more, code } = exchange;
        exchange.setMore({ ...more, again: !more.again, code });
        exchange.again.hidden = false;
    }

    // What was answered last, which may be before something failed.
    function last({ result, more }) {
        if (!result) return more.last;
        const { answer, normal, log, normalLog } = result;
        return { response: answer ? normal : Exchange.NONE, log: log ? normalLog : "" };
    }

    // One after the other, however many are to be sent anew.
    let queue = Promise.resolve();
    const queued = new Set();

    // Has it sent, if the code is in another state than it was when that
    // was done last. If the page is loaded anew meanwhile, that is not
    // known, and it is sent then.
    function follow(exchange) {
        const { more, code, isSending } = exchange;
        if (more.code === undefined) more.code = code;
        if (more.code === code || isSending || queued.has(exchange)) return;
        more.code = null;
        queued.add(exchange);
        queue = queue.then(() => sendAnew(exchange))
            .finally(() => queued.delete(exchange));
    }

    async function sendAnew(exchange) {
        const { more, code, isSending } = exchange;
        if (!more.again || isSending) return;
        more.last = last(exchange);
        await exchange.run(more.last);
        more.code = code;
        if (exchange.result) delete more.last;
    }

    // How many lines of a text are not in another.
    function countNew(text, other) {
        const left = new Map();
        for (const line of Message.lines(other)) left.set(line, (left.get(line) ?? 0) + 1);
        return Message.lines(text).filter((line) => {
            const count = left.get(line) ?? 0;
            left.set(line, count - 1);
            return count <= 0;
        }).length;
    }

    function difference(now, before) {
        if (now === before) return "as the last answer";
        const count = Math.max(countNew(now, before), countNew(before, now));
        if (count === 0) return "the last answer's lines in another order";
        return `${count} ${count === 1 ? "line differs" : "lines differ"} from the last answer`;
    }

    // `said` is what it is beside the printed one.
    function say(exchange, said) {
        const { before } = exchange.more;
        if (!before || !exchange.result) return;
        const now = last(exchange).response;
        const isSame = now === before.response;
        exchange.say(`${difference(now, before.response)}; ${said}`, isSame ? "" : "differs");
    }

    // --- Several at once

    const WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"];
    const word = (count) => WORDS[count - 2] ?? String(count);

    // Only one figure of a page does it at a time.
    let isAtWork = false;

    function open(exchange) {
        const { more } = exchange;
        if (more.several) return close(exchange);
        more.several = { count: 4, delay: 0 };
        show(exchange).elements[0].focus();
    }

    function close({ more, several, figure }) {
        delete more.several;
        figure.querySelector(".several").remove();
        several.ariaExpanded = "false";
        several.focus();
    }

    // After the page was loaded anew.
    function restore(exchange) {
        const { focus, isSending } = exchange.more.several;
        const form = show(exchange);
        if (focus >= 0) form.elements[focus].focus({ preventScroll: true });
        // What was under way has no answer.
        if (isSending) form.requestSubmit();
    }

    function show(exchange) {
        const kept = exchange.more.several;
        exchange.several.ariaExpanded = "true";
        const place = element("div", {});
        const form = ask(exchange, place);
        const panel = element("div", { className: "several" }, form, place);
        panel.addEventListener("keydown", (event) => {
            // The page's own shortcuts are not meant here.
            event.stopPropagation();
            if (event.key === "Escape") close(exchange);
        });
        exchange.bar.after(panel);
        return form;
    }

    // A number, with its name before it.
    function field(name, min, max, value) {
        const input = element("input", { type: "number", min, max, value, required: true });
        return { input, label: element("label", {}, name, input) };
    }

    function ask(exchange, place) {
        const kept = exchange.more.several;
        const count = field("How many", 2, 16, kept.count);
        const delay = field("Milliseconds between", 0, 1000, kept.delay);
        const start = element("button", { type: "submit" });
        const status = element("span", { className: "status" });
        status.setAttribute("role", "status");
        const form = element("form", { className: "live-bar" },
            count.label, delay.label, start, status);
        const look = () => {
            [kept.count, kept.delay] = [count.input.value, delay.input.value];
            const how = Number(kept.delay) ? `, ${kept.delay} ms apart` : " at once";
            start.textContent = `Send ${kept.count || "several"}${how}`;
        };
        form.addEventListener("input", look);
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            send(exchange, { start, status, place });
        });
        form.addEventListener("focusin", ({ target }) => {
            kept.focus = [...form.elements].indexOf(target);
        });
        form.addEventListener("focusout", () => { kept.focus = -1; });
        look();
        if (kept.result) tell(exchange, { status, place });
        return form;
    }

    async function send(exchange, { start, status, place }) {
        if (isAtWork) return;
        isAtWork = true;
        // A button that is disabled would lose the focus.
        start.ariaDisabled = "true";
        status.textContent = "sending …";
        const slow = setTimeout(() => { status.textContent = "building, or waiting …"; }, 400);
        const { program, how } = exchange.figure.dataset;
        const kept = exchange.more.several;
        const { count, delay } = kept;
        kept.isSending = true;
        const query = new URLSearchParams({ program, how, count, delay });
        const body = Wire.join(exchange.current());
        kept.result = await exchange.ask("several?" + query, { method: "POST", body });
        clearTimeout(slow);
        isAtWork = kept.isSending = false;
        start.ariaDisabled = "false";
        tell(exchange, { status, place });
    }

    function tell(exchange, { status, place }) {
        const { result } = exchange.more.several;
        status.textContent = summary(result);
        place.replaceChildren(...answered(exchange, result));
    }

    function summary({ requests, answers }) {
        if (!requests) return "";
        const took = time(Math.max(...requests.map(({ ended }) => ended)));
        const said = answers.length === 1
            ? `all ${word(requests.length)} answers are alike`
            : `${word(answers.length)} different answers`;
        return `${said}, ${took} ms in all`;
    }

    // --- What came of it

    const time = (ms) => (ms < 10 ? ms.toFixed(1) : String(Math.round(ms)));

    // What can be seen of a program that was only called, and of one
    // that serves by itself.
    const CALLED = {
        caption: (count) => `When each of ${count} requests was sent, began and ended`,
        began: "began",
        waits: "waits until the application is called",
        works: "the application is at work",
    };
    const SERVING = {
        caption: (count) =>
            `When each of ${count} requests was sent, and the first byte and the end of its answer came`,
        began: "first byte",
        waits: "waits for the first byte",
        works: "bytes of the answer come",
    };

    function answered(exchange, result) {
        const failed = result.broken ?? result.trouble;
        if (failed !== undefined) {
            return [Answer.failed(exchange, result)];
        }
        const words = result.isCalled ? CALLED : SERVING;
        const picture = table(result, words);
        picture.classList.toggle("called", result.isCalled);
        return [picture, legend(words, picture.className), ...answers(result), ...log(result)];
    }

    function table({ requests, answers }, words) {
        const scale = scaleTo(Math.max(...requests.map(({ ended }) => ended)));
        const head = ["", "sent", words.began, "ended"].map((textContent) =>
            element("th", { scope: "col", textContent }));
        head[0].append(element("span", { className: "unseen", textContent: "request" }));
        const caption = element("caption", {}, words.caption(word(requests.length)),
            element("small", { textContent: "in ms since the first was sent" }));
        const rows = requests.map((request, at) =>
            row(request, at, { scale, words, letters: answers.length > 1 }));
        const made = element("table", { className: "times" }, caption,
            element("thead", {}, element("tr", {}, ...head, axis(scale))),
            element("tbody", {}, ...rows));
        made.style.setProperty("--steps", scale.steps);
        return made;
    }

    // From zero to a round number, in three to five round steps.
    function scaleTo(most) {
        const power = 10 ** Math.floor(Math.log10(Math.max(most, 0.1) / 4));
        const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n * 5 >= most);
        const steps = Math.max(1, Math.ceil(most / step));
        return { step, steps, end: step * steps };
    }

    function axis({ step, steps, end }) {
        const ticks = Array.from({ length: steps + 1 }, (_, at) => {
            const unit = at === steps ? " ms" : "";
            const number = Number((at * step).toPrecision(3));
            const tick = element("span", { textContent: number + unit });
            tick.style.left = `${at * step / end * 100}%`;
            return tick;
        });
        const line = element("div", { className: "axis", ariaHidden: "true" }, ...ticks);
        const came = element("span", { className: "came", textContent: "answer" });
        return element("th", { scope: "col" }, element("div", { className: "both" }, line, came));
    }

    function row(request, at, { scale, words, letters }) {
        const { sent, began, ended } = request;
        const cells = [sent, began, ended].map((ms) =>
            element("td", { textContent: ms === null ? "–" : time(ms) }));
        const came = element("span", { className: "came" },
            Message.visible(cameOf(request, letters)));
        came.classList.toggle("wrong", request.trouble !== null);
        const both = element("div", { className: "both" }, lane(request, scale, words), came);
        return element("tr", {}, element("th", { scope: "row", textContent: at + 1 }),
            ...cells, element("td", {}, both));
    }

    // The status without the version, and what is said of the rest.
    function cameOf({ status, length, trouble, answer }, hasLetters) {
        if (trouble) return trouble;
        const [, code] = /^HTTP\/\S+ (.*)/.exec(status ?? "") ?? [null, status];
        const which = hasLetters ? `${letter(answer)}: ` : "";
        return `${which}${code}, ${length} bytes`;
    }

    const letter = (at) => String.fromCharCode(65 + at);

    function lane({ sent, began, ended }, { end }, { waits, works }) {
        const part = (name, from, to) => {
            const made = element("i", { className: name });
            made.style.left = `${from / end * 100}%`;
            if (to !== undefined) made.style.width = `${(to - from) / end * 100}%`;
            return made;
        };
        const parts = [part("waits", sent, began ?? ended)];
        let said = `${time((began ?? ended) - sent)} ms: ${waits}`;
        if (began !== null) {
            parts.push(part("works", began, ended));
            said += `; ${time(ended - began)} ms: ${works}`;
        }
        const made = element("div", { className: "lane", ariaLabel: said },
            ...parts, part("sent", sent));
        made.setAttribute("role", "img");
        return made;
    }

    function legend({ waits, works }, className) {
        const key = (name, text) => element("span", {}, element("i", { className: name }), text);
        return element("p", { className: `key ${className}` },
            key("sent", "sent"), key("waits", waits), key("works", works));
    }

    // Each different answer, the first one unfolded if there are others,
    // in which what differs from it is marked.
    function answers({ requests, answers: groups }) {
        const [first] = groups;
        return groups.map(({ answer, normal, count }, at) => {
            const all = requests.length;
            const text = groups.length === 1
                ? `All ${word(all)} answers are alike`
                : `Answer ${letter(at)}, to ${count} of ${word(all)}`;
            const shown = Message.made(answer || Exchange.NONE);
            if (at > 0 && answer) {
                Compare.compare(shown.querySelector("code"), first.normal, normal);
            }
            return element("details", { open: at === 0 && groups.length > 1 },
                element("summary", { textContent: text }), shown);
        });
    }

    function log({ log: text }) {
        if (!text) return [];
        const shown = Message.made(text);
        const title = element("summary", { textContent: "Error log" });
        return [element("details", {}, title, shown)];
    }

    return { toggle, follow, say, open, restore };
})();
