// What the compiler says: the first error, the others folded, and each
// place in a file a link to the reader's editor.
const Compiler = (() => {
    const { element, button } = Parts;

    // --- Editors

    // What opens a place: a path from the root, encoded, and numbers.
    const asPath = (scheme) => (path, line, column) =>
        `${scheme}://file${path}:${line}:${column}`;
    const EDITORS = {
        vscode: ["VS Code", asPath("vscode")],
        cursor: ["Cursor", asPath("cursor")],
        zed: ["Zed", asPath("zed")],
        idea: ["JetBrains", (path, line, column) =>
            `idea://open?file=${path}&line=${line}&column=${column}`],
        none: ["none: copy the path"],
    };
    const KEY = "editor";
    // For this page, where nothing can be kept.
    let chosen = null;

    function editor() {
        try {
            chosen = localStorage.getItem(KEY) ?? chosen;
        } catch { /* It is asked for again on the next page. */ }
        return Object.hasOwn(EDITORS, chosen ?? "") ? chosen : "";
    }

    function choose(name) {
        chosen = name;
        try {
            localStorage.setItem(KEY, name);
        } catch { /* See above. */ }
        document.querySelectorAll(".compiler select").forEach(fill);
        document.querySelectorAll(".compiler").forEach((box) => say(box, ""));
        document.querySelectorAll(".compiler .place").forEach(setUpPlace);
    }

    function fill(select) {
        const names = Object.entries(EDITORS).map(([value, [textContent]]) => (
            element("option", { value, textContent })));
        const none = element("option", { value: "", textContent: "choose an editor" });
        const isChosen = editor() !== "";
        select.replaceChildren(...(isChosen ? names : [none, ...names]));
        select.value = editor();
    }

    // --- Places

    const isWhole = (file) => /^(\/|[A-Z]:[\\/])/i.test(file);

    // A path from the root. What a name may have and an address may not
    // is encoded, but for a drive's colon.
    function encoded(path) {
        const parts = path.replaceAll("\\", "/").split("/").map(encodeURIComponent);
        return parts.join("/").replace(/^([A-Z])%3A/i, "/$1:");
    }

    function setUpPlace(place) {
        const { path, line, column } = place.dataset;
        const { textContent } = place;
        const open = EDITORS[editor()]?.[1];
        const made = open
            ? element("a", { textContent, href: open(encoded(path), line, column) })
            : button(textContent, () => copyOrAsk(place));
        const [name] = EDITORS[editor()] ?? ["an editor"];
        if (open) made.addEventListener("click", stay);
        made.title = editor() === "none" ? "Copy the path" : `Open in ${name}`;
        place.replaceChildren(made);
    }

    // Who opens an editor does not leave the page, whatever the browser
    // says: what is saved there is still to be followed.
    function stay() {
        const silence = (event) => event.stopImmediatePropagation();
        addEventListener("beforeunload", silence, true);
        setTimeout(() => removeEventListener("beforeunload", silence, true), 1000);
    }

    async function copyOrAsk(place) {
        const box = place.closest(".compiler");
        if (editor() !== "none") {
            box.querySelector("select").focus();
            say(box, "What opens it?");
            return;
        }
        const { path, line, column } = place.dataset;
        try {
            await navigator.clipboard.writeText(`${path}:${line}:${column}`);
            say(box, "copied");
        } catch {
            say(box, "not copied: the browser does not let the page do it");
        }
    }

    function say(box, text) {
        const said = box.querySelector("[role=status]");
        if (said) said.textContent = text;
    }

    // --- Messages

    // Where the text begins that is about one thing.
    const STARTS = /^(?=(?:error|warning)(?:\[\w+\])?: )/m;
    const PLACE = /^( *(?:-->|:::) )(.+:\d+:\d+)$/;
    // What the others come to.
    const isSum = (text) => /^(error: (could not compile|aborting)|warning: .* generated)/.test(text);

    // The errors first, as the compiler has them.
    function messages(text) {
        // What begins with one begins with nothing.
        const [lead, ...all] = ("\n" + text).split(STARTS);
        const isError = (message) => message.startsWith("error");
        const own = all.filter((message) => !isSum(message));
        const errors = own.filter(isError);
        const warnings = own.filter((message) => !isError(message));
        const more = Number(/^And (\d+) more errors\.$/m.exec(text)?.[1] ?? 0);
        return { lead, errors, warnings, more };
    }

    // A place in a file that is there, as a link.
    function placed(textContent, root) {
        const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(textContent) ?? [];
        if (!file || file.startsWith("/rustc/")) return textContent;
        const place = element("span", { className: "place", textContent });
        const path = isWhole(file) ? file : `${root}/${file}`;
        Object.assign(place.dataset, { path, line, column });
        setUpPlace(place);
        return place;
    }

    function line(text, root) {
        const [, arrow, place] = PLACE.exec(text) ?? [];
        if (arrow) return [arrow, placed(place, root)];
        if (/^error\b/.test(text)) return [element("b", {}, text)];
        const carets = /^( *\| )(.*\^.*)$/.exec(text);
        return carets ? [carets[1], element("b", {}, carets[2])] : [text];
    }

    function code(texts, root, name) {
        const made = element("code", { className: "nohighlight hljs" });
        made.setAttribute("role", "region");
        made.ariaLabel = name;
        texts.join("").trimEnd().split("\n").forEach((text, at) => {
            made.append(...(at ? ["\n"] : []), ...line(text, root));
        });
        return element("pre", {}, made);
    }

    const counted = (count, what) =>
        (count > 0 ? [`${count} ${what}${count > 1 ? "s" : ""}`] : []);

    function bar() {
        const select = element("select");
        fill(select);
        select.addEventListener("change", () => choose(select.value));
        const said = element("span");
        said.setAttribute("role", "status");
        return element("div", { className: "editors" }, said,
            element("label", {}, "Places open in ", select));
    }

    // A box with all of it. `root` is where the files are.
    function box(text, root) {
        const { lead, errors, warnings, more } = messages(text);
        const [first = lead.trim(), ...rest] = [...errors, ...warnings];
        const shown = element("div", { className: "compiler" });
        const parts = [code([first], root, "What the compiler says")];
        const others = [
            ...counted(errors.length - 1 + more, "more error"),
            ...counted(warnings.length, "warning"),
        ].join(", ");
        if (rest.length > 0) {
            parts.push(element("details", {},
                element("summary", { textContent: others }), code(rest, root, others)));
        }
        shown.append(...parts);
        if (shown.querySelector(".place")) shown.append(bar());
        return shown;
    }

    // What is new may have to be scrolled: see page.js.
    function put(place, text, root) {
        place.replaceChildren(box(text, root));
        dispatchEvent(new Event("resize"));
    }

    return { bar, placed, put };
})();
