// What came of checking an exercise.
const Exercise = (() => {
    const { element } = Parts;

    // --- A wrong answer

    // Text as Rust writes it: an escape is one sign.
    const signs = (text) =>
        text.match(/\\(?:u\{[0-9a-f]+\}|x[0-9a-f]{2}|.)|[^]/gsu) ?? [];

    // How the check ends what is too long to be shown.
    const CUT = / … \(\d+ bytes\)$/;

    // Where two values differ first; null, if that is not seen.
    function difference(cameBack, expected) {
        if (cameBack.startsWith("a panic: ")) return null;
        const both = [cameBack, expected].map((text) => signs(text.replace(CUT, "")));
        const [one, other] = both;
        const isCut = [cameBack, expected].some((text) => CUT.test(text));
        const least = Math.min(one.length, other.length);
        let at = 0;
        while (at < least && one[at] === other[at]) at++;
        return at === least && isCut ? null : at;
    }

    // A value, in which one sign is marked, or its end.
    function marked(text, at) {
        const code = element("code");
        if (at === null) {
            code.append(text);
        } else {
            const all = signs(text);
            code.append(all.slice(0, at).join(""),
                element("mark", { textContent: all[at] ?? "" }), all.slice(at + 1).join(""));
        }
        return code;
    }

    // Text of the check, which has code between backticks.
    function prose(text) {
        const parts = text.split("`");
        return parts.map((part, at) =>
            (at % 2 ? element("code", { textContent: part }) : part));
    }

    function toRead(heading) {
        const plain = heading.replaceAll("`", "");
        const found = [...document.querySelectorAll("main :is(h2, h3, h4)[id]")]
            .find(({ textContent }) => textContent.trim() === plain);
        const text = `“${plain}”`;
        return found ? element("a", { href: "#" + found.id, textContent: text }) : text;
    }

    function parts({ sent, cameBack, expected, hint, read }) {
        const at = difference(cameBack, expected);
        const rows = [
            ["sent", sent, null], ["came back", cameBack, at], ["expected", expected, at],
        ].map(([name, text, at]) => element("tr", { className: name.split(" ")[0] },
            element("th", { scope: "row", textContent: name }),
            element("td", {}, marked(text, at))));
        return [
            element("table", {}, element("tbody", {}, ...rows)),
            element("p", {}, ...prose(hint), " Read ", toRead(read), "."),
        ];
    }

    // --- A right one

    function listing(title, textContent) {
        const code = element("code", { className: "language-rust hljs", textContent });
        window.hljs?.highlightElement?.(code);
        return element("div", {}, element("div", { className: "title", textContent: title }),
            element("pre", {}, code));
    }

    function both(section, answer) {
        const ours = [...section.querySelectorAll("details:not(.terminal) .listing code")].at(-1);
        const yours = answer ? [listing("Yours", answer.trimEnd())] : [];
        const all = ours ? [...yours, listing("Ours", ours.textContent)] : yours;
        return element("div", { className: "both" }, ...all);
    }

    const chapterOf = (id) => id.split(".")[0];

    // The next that is not solved: of this chapter, or of a later one.
    function next(section, behind) {
        const all = [...document.querySelectorAll("section.exercise")]
            .filter(({ id }) => chapterOf(id) === chapterOf(section.id));
        const at = all.indexOf(section);
        const found = [...all.slice(at + 1), ...all.slice(0, at)]
            .find((other) => !other.classList.contains("solved"));
        if (found) {
            const name = found.querySelector("strong code")?.textContent ?? "";
            return { href: "#" + found.id, number: found.id.replace("exercise-", ""), name };
        }
        if (!behind) return null;
        const { chapter, number, name } = behind;
        return { href: `${chapter}.html#exercise-${number}`, number, name };
    }

    function lead(line, section, behind) {
        const to = next(section, behind);
        line.replaceChildren(to
            ? element("a", { href: to.href }, `Next: exercise ${to.number}, `,
                element("code", { textContent: to.name }))
            : "That was the last exercise.");
    }

    // Others may turn out to be solved as well.
    function nextLine(section, behind) {
        const line = element("p", { className: "onward" });
        lead(line, section, behind);
        const observer = new MutationObserver(() => {
            if (line.isConnected) lead(line, section, behind);
            else observer.disconnect();
        });
        for (const other of document.querySelectorAll("section.exercise")) {
            observer.observe(other, { attributeFilter: ["class"] });
        }
        return line;
    }

    // --- All

    function plain(textContent) {
        const code = element("code", { className: "nohighlight hljs", textContent });
        return element("pre", {}, code);
    }

    // The first paragraph, and what is behind it.
    function split(text) {
        const at = text.indexOf("\n\n");
        const first = at < 0 ? text : text.slice(0, at);
        return [first[0].toUpperCase() + first.slice(1), at < 0 ? "" : text.slice(at + 2)];
    }

    async function show(section, said, found, result) {
        const { trouble, kind, said: text, complaint, answer, behind, root } = result;
        const isSolved = result.solved === true;
        const [first, rest] = isSolved ? ["Solved.", ""] : split(trouble ?? text);
        said.classList.add(isSolved ? "right" : "wrong");
        said.textContent = first;
        section.classList.toggle("wrong", kind === "wrong" || kind === "broken");
        if (isSolved) {
            found.append(both(section, answer), nextLine(section, behind));
        } else if (complaint) {
            found.append(...parts(complaint));
        } else if (/^error(\[\w+\])?: /m.test(rest) && kind !== "wrong") {
            await Parts.load("compiler.css", "compiler.js");
            Compiler.put(found, rest, root);
        } else if (rest) {
            found.append(plain(rest));
        }
        dispatchEvent(new Event("resize"));
    }

    return { show };
})();
