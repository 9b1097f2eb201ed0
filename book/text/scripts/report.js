// Why a program has failed, as its debugger or the book says it: a
// title, and sections of lines that are indented.
const Report = (() => {
    const { element } = Parts;

    const EDITED = "The program was edited since.";

    function side(exchange, { report, root, code }, again) {
        const [title, ...lines] = report.split("\n");
        const said = element("span", { className: "edited" });
        said.setAttribute("role", "status");
        said.dataset.code = code;
        again.append(said);
        const box = element("div", { className: "compiler" },
            element("p", { className: "what", textContent: title }), again,
            ...sections(lines, root));
        if (box.querySelector(".place")) box.append(Compiler.bar());
        const made = exchange.side("report", "What went wrong", box);
        return made;
    }

    // What ends with an ellipsis need not be read at first.
    function sections(lines, root) {
        const all = [];
        let code = null;
        for (const text of lines.filter(Boolean)) {
            const isTitle = !/^[ >] /.test(text);
            if (isTitle || !code) {
                code = element("code", { className: "nohighlight hljs", tabIndex: 0 });
                code.setAttribute("role", "region");
                code.ariaLabel = isTitle ? text.replace(/ …$/, "") : "What it says";
                all.push(...section(isTitle ? text : "", element("pre", {}, code)));
            }
            if (!isTitle) code.append(...line(text, root), "\n");
        }
        return all;
    }

    function section(title, pre) {
        if (!title) return [pre];
        if (!title.endsWith(" …")) {
            return [element("p", { className: "title", textContent: title }), pre];
        }
        const summary = element("summary", { textContent: title.slice(0, -2) });
        return [element("details", {}, summary, pre)];
    }

    function line(text, root) {
        if (text.startsWith("> ")) return [element("mark", {}, text)];
        return [text.slice(0, 2), Compiler.placed(text.slice(2), root)];
    }

    // Says so when it is not any more the program that has failed.
    function follow({ figure, code }) {
        const said = figure.querySelector(".report .edited");
        if (!said) return;
        const text = said.dataset.code === code ? "" : EDITED;
        if (said.textContent !== text) said.textContent = text;
    }

    return { follow, side };
})();
