// What came of the requests that the reader's own server was sent.
const Requests = (() => {
    const { element } = Parts;

    // Those that are wrong come first, and those that no exercise asks
    // for last.
    function table(requests) {
        const signs = { wrong: "✗", right: "✓", beyond: "–" };
        const row = (cell, ...texts) => element("tr", {},
            ...texts.map((textContent) => element(cell, { textContent })));
        const sorted = Object.keys(signs).flatMap((mark) =>
            requests.filter((one) => one.mark === mark));
        const rows = sorted.map(({ mark, name, right, came }) => {
            const made = row("td", signs[mark], name, right, mark === "right" ? "" : came);
            made.className = mark;
            return made;
        });
        const head = row("th", "", "Request", "Right", "Came");
        const table = element("table", { className: "requests" },
            element("thead", {}, head), element("tbody", {}, ...rows));
        return element("div", { className: "table-wrapper" }, table);
    }

    async function show(said, { requests, said: sentence, broken, trouble, root }) {
        if (requests) {
            said.replaceChildren(element("p", {}, sentence), table(requests));
        } else if (broken) {
            await Parts.load("compiler.css", "compiler.js");
            const place = element("div");
            said.classList.add("wrong");
            said.replaceChildren("It does not compile.", place);
            Compiler.put(place, broken, root);
        } else {
            said.replaceChildren(trouble);
        }
    }

    return { show };
})();
