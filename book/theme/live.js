// What a served page can do: send requests to the chapters' programs,
// check exercises, and follow what is saved. A page that was not served
// by `cargo run -p book` has no token, and stays as it is printed.
(() => {
    const served = document.querySelector("meta[name=live-token]");
    const token = served?.content;
    if (!token) return;

    const page = location.pathname.split("/").pop() || "index.html";

    // Where the book serves the programs that are run for each request:
    // at another port than its pages.
    const programs = `http://${location.hostname}:${served.dataset.programs}`;

    const { element, button } = Parts;

    // For scripts that come later.
    Parts.ask = ask;

    // Has something done by the book, which says in JSON what came of it.
    async function ask(what, options = {}) {
        const headers = { "X-Live-Token": token };
        let answer, text;
        try {
            answer = await fetch("/live/" + what, { headers, ...options });
            text = await answer.text();
        } catch {
            return { trouble: "The book does not answer; is it still running?" };
        }
        try {
            return JSON.parse(text);
        } catch {
            return { trouble: `The book answers ${answer.status}:\n${text}` };
        }
    }

    // A button that has something done, and the place that says what
    // came of it: `show` gets both.
    function asker(name, waiting, what, show) {
        const said = element("div", { className: "said" });
        said.setAttribute("role", "status");
        const start = button(name, async () => {
            // A button that is disabled would lose the focus.
            if (start.getAttribute("aria-disabled") === "true") return;
            start.setAttribute("aria-disabled", "true");
            said.className = "said";
            said.replaceChildren(waiting);
            const result = await ask(what, { method: "POST" });
            start.removeAttribute("aria-disabled");
            await show(said, result).catch(({ message }) => { said.textContent = message; });
        });
        return { start, said };
    }

    // --- Exercises

    function setUpExercise(section) {
        const number = section.id.replace("exercise-", "");
        const what = "check?" + new URLSearchParams({ exercise: number });
        const found = element("div", { className: "found" });
        const { start: check, said } = asker("Check", "checking …", what, async (said, result) => {
            follow().catch(() => {});
            await Parts.load("exercise.css", "exercise.js");
            await Exercise.show(section, said, found, result);
        });
        check.addEventListener("click", () => {
            section.classList.remove("wrong");
            found.replaceChildren();
        });
        check.setAttribute("aria-label", `Check exercise ${number}`);
        const bar = element("div", { className: "live-bar" }, check);
        // What a terminal is not needed for is folded away.
        const terminal = section.querySelector(".terminal");
        terminal.open = false;
        terminal.before(bar, said, found);
    }

    // --- The reader's own server

    // Has all requests sent to it, and shows what came of each.
    function setUpServer(section) {
        const waiting = "trying, which takes some seconds …";
        const { start, said } = asker("Try all requests", waiting, "server",
            async (said, result) => {
                await Parts.load("requests.css", "requests.js");
                await Requests.show(said, result);
            });
        section.append(element("div", { className: "live-bar" }, start), said);
    }

    // Marks in the sidebar, and at the exercises of this page.
    function mark(exercises) {
        dispatchEvent(new CustomEvent("exercises", { detail: exercises }));
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
    const FOLDS = "main details:not(.environ, :is(.compiler, .several) *)";
    const HOMES = "main figure, section.exercise";
    // What is not there any more when the page is loaded again.
    const PASSING = ".found, .compiler";
    const CONTROLS = ":is(a[href], button, summary, textarea, [tabindex])"
        + ":not(:is(.found, .compiler, .several) *)";

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
            const { live } = figure;
            kept.exchanges[nameOf(figure)] = live.saved ?? live.save();
        }
        const written = JSON.stringify(kept);
        // Where there is no room for all answers, what was typed comes first.
        const typed = JSON.stringify(kept, (key, value) =>
            (/^(result|before|last|failed)$/.test(key) ? null : value));
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
        const passing = focused.closest(PASSING)?.parentElement;
        const home = (passing ?? focused).closest(HOMES) ?? document.querySelector("main");
        const which = [...document.querySelectorAll(HOMES)].indexOf(home);
        const lasting = passing ? home.querySelector(".live-bar button") : focused;
        const at = [...home.querySelectorAll(CONTROLS)].indexOf(lasting);
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
        else document.querySelectorAll(FIGURES).forEach(({ live }) => live.follow(state.code));
        print = state;
    }

    async function keepFollowing() {
        if (!document.hidden) await follow().catch(() => {});
        setTimeout(keepFollowing, 100);
    }

    // One after the other, so that the place on the page is found again.
    let restored = Promise.resolve();

    async function restore(live) {
        const { saved } = live;
        await Parts.load(...Exchange.parts(saved));
        live.saved = null;
        live.bar.inert = false;
        // It may be in use by now.
        if (!live.editors.length && !live.result) live.restore(saved);
    }

    function setUpAll() {
        for (const figure of document.querySelectorAll(FIGURES)) {
            if (figure.live) continue;
            figure.live = new Exchange(figure, ask, programs);
            const { live } = figure;
            live.saved = kept.exchanges[nameOf(figure)];
            if (!live.saved) continue;
            // Who edits before would lose what was typed.
            live.bar.inert = true;
            restored = restored.then(() => restore(live)).catch(live.complain);
        }
    }

    setUpAll();
    // Figures that were being made come later.
    new MutationObserver(setUpAll).observe(document.querySelector("main"),
        { childList: true, subtree: true });
    document.querySelectorAll("section.exercise").forEach(setUpExercise);
    document.querySelectorAll("section.own-server").forEach(setUpServer);
    const moves = document.querySelector(".moves");
    if (moves) Parts.load("opener.js", "opener.css").then(() => Opener.setUp(moves), () => {});
    const attack = document.querySelector("section.attack");
    if (attack) Parts.load("attack.js").then(() => new Attack(attack, token));
    restored.then(comeBack);
    addEventListener("beforeunload", () => { leftAt = performance.now(); });
    addEventListener("pagehide", keep);
    keepFollowing();
})();
