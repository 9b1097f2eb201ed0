// How far the reader is: from what the browser keeps, and, where the
// book is served, from what it says of the exercises. Who has not begun
// sees the list as it is printed.
(() => {
    const { element, button } = Parts;
    const way = document.querySelector(".way");
    const go = way.querySelector(".go");
    const stops = [...way.querySelectorAll("li")].map((item) => {
        const { page } = item.dataset;
        const link = item.querySelector("a");
        return {
            item, page,
            path: link.pathname,
            number: item.querySelector(".node").textContent,
            title: link.textContent,
            url: link.getAttribute("href"),
            what: item.querySelector(".what").textContent,
            printed: item.querySelector(".count").textContent,
            marks: [],
        };
    });

    // When and where each chapter was left.
    function readLeft() {
        for (const stop of stops) {
            const [at, id, section] = read("left:" + stop.path) ?? [];
            const isRead = /^(exercises|the-question)$/.test(id);
            Object.assign(stop, { at, id, section, isRead });
        }
    }

    function read(key) {
        try {
            return JSON.parse(localStorage.getItem(key));
        } catch {
            return null;
        }
    }

    const isSolved = ([, word]) => word === "solved";
    const solvedOf = (stop) => stop.marks.filter(isSolved).length;
    const openOf = (stop) => stop.marks.find((mark) => !isSolved(mark));
    const isDone = (stop) => (stop.marks.length ? !openOf(stop) : stop.isRead);

    // The chapter that was read last, or else that of the last exercise.
    function findHere() {
        const left = stops.filter(({ at }) => at).sort((a, b) => b.at - a.at);
        return left[0] ?? stops.findLast(solvedOf);
    }

    // --- The list

    function dots(marks, next) {
        const dot = (mark) => element("i", {
            className: isSolved(mark) ? "solved" : mark === next ? "next" : "",
        });
        const made = element("span", { className: "dots" }, ...marks.map(dot));
        made.setAttribute("aria-hidden", "true");
        return made;
    }

    function inWords({ marks, printed, isRead }) {
        if (!marks.length) return [printed, isRead && "read"].filter(Boolean).join(", ");
        const count = (word) => marks.filter(([, is]) => is === word).length;
        if (count("checking")) return "being checked …";
        const words = `${count("solved")} of ${marks.length} solved`;
        return count("unchecked") ? words + "; something does not compile" : words;
    }

    function showStop(stop, here) {
        const { item, marks } = stop;
        item.classList.toggle("done", isDone(stop));
        item.classList.toggle("here", stop === here);
        const said = item.querySelector(".count");
        const shown = marks.length ? [dots(marks, stop === here && openOf(stop)), " "] : [];
        said.replaceChildren(...shown, inWords(stop));
        item.querySelector(".what > b")?.remove();
        if (stop !== here) return;
        const text = "you are here";
        item.querySelector(".what").append(element("b", { textContent: text }));
    }

    function showLegend() {
        const textContent = stops.some(({ marks }) => marks.length)
            ? "filled: all exercises solved" : "filled: read to the end";
        const legend = way.querySelector(".legend");
        legend.querySelector(".filling")?.remove();
        legend.append(element("span", { className: "filling", textContent }));
    }

    // --- What comes next

    const chapter = ({ number, title }) => (number ? `Chapter ${number}, ${title}` : title);

    function exercise(stop) {
        const [number] = openOf(stop);
        return {
            title: `Exercise ${number}`,
            text: `${chapter(stop)}: ${inWords(stop)}.`,
            does: `Go to exercise ${number}`,
            instead: `Exercise ${number}`,
            url: `${stop.url}#exercise-${number}`,
        };
    }

    function reading(stop) {
        const { section, title, url, id, at, what, number } = stop;
        const about = number ? `Chapter ${number}: ${what}` : what;
        return {
            title: section ?? title,
            text: at ? `${chapter(stop)}, where you left it ${ago(at)}.` : about,
            does: at ? "Go on reading" : "Read it",
            instead: `Read on: ${title}`,
            url: id ? `${url}#${id}` : url,
        };
    }

    // In whole days of the calendar.
    function ago(time) {
        const day = (at) => new Date(at).setHours(0, 0, 0, 0);
        const days = Math.round((day(time) - day(Date.now())) / 86_400_000);
        return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(days, "day");
    }

    const DONE = { title: "You have read it all", text: "And solved what there is to solve." };

    // What to do, and what to do otherwise: where a chapter is left in
    // the middle, it is read; at its end are the exercises.
    function steps(here) {
        const after = stops.slice(stops.indexOf(here) + 1).find((stop) => !isDone(stop));
        const open = stops.find((stop) => openOf(stop));
        if (here.at && !here.isRead) {
            const isBehind = open && stops.indexOf(open) < stops.indexOf(here);
            return [reading(here), isBehind && exercise(open)];
        }
        if (openOf(here)) return [exercise(here), after && reading(after)];
        if (after) return [reading(after), open && open !== after && exercise(open)];
        return open ? [exercise(open)] : [DONE];
    }

    function showSteps(here) {
        const [{ title, text, does, url }, other] = steps(here);
        const links = element("div", { className: "links" });
        if (url) links.append(element("a", { className: "filled", href: url, textContent: does }));
        if (other) links.append(element("a", { href: other.url, textContent: other.instead }));
        const box = element("div", { className: "step" },
            element("h2", { textContent: "Go on" }),
            element("p", { className: "big", textContent: title }),
            element("p", { textContent: text }), links);
        // What has the focus stays, as long as it leads to the same.
        const old = go.querySelector(".step");
        if (old?.innerHTML === box.innerHTML) return;
        if (old) old.replaceWith(box);
        else go.replaceChildren(box);
        go.classList.add("known");
    }

    // --- The reader's own server

    const SCORE = "score:" + new URL(".", location).pathname;
    const LISTS = { shared: "requests", hostile: "hostile requests" };
    const MARKS = { right: "right", wrong: "wrong", beyond: "beyond the exercises" };

    function meter(counts) {
        const cells = Object.keys(MARKS).flatMap((mark) =>
            Array.from({ length: counts[mark] }, () => element("i", { className: mark })));
        const made = element("span", { className: "meter" }, ...cells);
        made.setAttribute("role", "img");
        made.ariaLabel = Object.keys(MARKS).filter((mark) => counts[mark])
            .map((mark) => `${counts[mark]} ${MARKS[mark]}`).join(", ");
        return made;
    }

    const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

    function scored({ at, lists }) {
        const rows = Object.entries(lists).map(([list, counts]) => {
            const all = sum(Object.values(counts));
            return element("p", { className: "row" },
                element("span", { textContent: LISTS[list] }), meter(counts),
                element("b", { textContent: `${counts.right} / ${all}` }));
        });
        const all = Object.values(lists);
        const right = sum(all.map((counts) => counts.right));
        const of = sum(all.flatMap((counts) => Object.values(counts)));
        const textContent = `${right} of ${of} right`;
        return [element("p", { className: "big", textContent }), ...rows,
            element("p", { textContent: `Tried ${ago(at)}.` })];
    }

    function count(requests) {
        const of = (list) => Object.fromEntries(Object.keys(MARKS).map((mark) =>
            [mark, requests.filter((one) => one.list === list && one.mark === mark).length]));
        const lists = Object.keys(LISTS).map((list) => [list, of(list)]);
        return { at: Date.now(), lists: Object.fromEntries(lists) };
    }

    const said = element("div", { className: "score" });
    said.setAttribute("role", "status");
    const start = button("Try all requests", () => tryAll());

    async function tryAll() {
        // A button that is disabled would lose the focus.
        if (start.ariaDisabled === "true") return;
        start.ariaDisabled = "true";
        said.replaceChildren("trying, which takes some seconds …");
        const { requests, trouble, broken } = await Parts.ask("server", { method: "POST" });
        start.ariaDisabled = "false";
        if (!requests) {
            const what = element("pre", { textContent: trouble ?? broken });
            return said.replaceChildren(what);
        }
        const score = count(requests);
        try {
            localStorage.setItem(SCORE, JSON.stringify(score));
        } catch {
            // Then it is shown for this visit.
        }
        said.replaceChildren(...scored(score));
    }

    // It is shown to who has written some of it, where it can be tried.
    function showServer() {
        const chapters = way.dataset.server.split(" ");
        const isTheirs = stops.some((stop) => chapters.includes(stop.page) && solvedOf(stop));
        if (!isTheirs || said.isConnected) return;
        const score = read(SCORE);
        const none = "Its pieces are your answers, and ours where you have none yet.";
        said.replaceChildren(...(score ? scored(score) : [element("p", {}, none)]));
        go.append(element("div", { className: "own" },
            element("h2", { textContent: "Your own server" }), said, start));
    }

    // --- All of it

    function show() {
        readLeft();
        const here = findHere();
        if (!here) return;
        stops.forEach((stop) => showStop(stop, here));
        showLegend();
        showSteps(here);
        showServer();
    }

    let seen = "";
    addEventListener("exercises", ({ detail }) => {
        const now = JSON.stringify(detail);
        if (now === seen) return;
        seen = now;
        for (const stop of stops) stop.marks = detail[stop.page] ?? [];
        show();
    });
    // Another window may have been left meanwhile.
    addEventListener("storage", show);
    show();
})();
