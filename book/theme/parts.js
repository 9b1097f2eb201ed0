// What a page's scripts make: elements, buttons, and messages as the
// printed figures show them.
const Parts = (() => {
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

    const loads = new Map();

    // Scripts and style sheets that are not wanted before something is
    // done: from the folder `scripts`, each once.
    function load(...names) {
        for (const name of names) {
            if (!loads.has(name)) loads.set(name, loading(name));
        }
        return Promise.all(names.map((name) => loads.get(name)));
    }

    function loading(name) {
        const url = "scripts/" + name;
        const part = name.endsWith(".css")
            ? element("link", { rel: "stylesheet", href: url })
            : element("script", { src: url });
        document.head.append(part);
        return new Promise((resolve, reject) => {
            part.onload = resolve;
            part.onerror = () => {
                // It may be there when it is wanted again.
                loads.delete(name);
                part.remove();
                reject(new Error(`${url} could not be loaded`));
            };
        });
    }

    // Text with its invisible characters made visible, as in the
    // printed figures.
    function visible(text) {
        const shown = new DocumentFragment();
        text.split(/(\r\n|(?![\n\t])\p{Cc})/u).forEach((piece, at) => {
            if (at % 2 === 0) {
                shown.append(piece);
            } else if (piece === "\r\n") {
                shown.append(element("i"), "\n");
            } else {
                const code = piece.charCodeAt(0).toString(16);
                const textContent = piece === "\r" ? "\\r" : `\\u{${code}}`;
                shown.append(element("span", { className: "control", textContent }));
            }
        });
        return shown;
    }

    // What a message was made of: its ends of lines are not in the text.
    function textOf(node) {
        if (node.nodeName === "I") return "\r";
        if (node.className === "control") {
            const code = /^\\u\{([0-9a-f]+)\}$/.exec(node.textContent)?.[1];
            return code ? String.fromCharCode(parseInt(code, 16)) : "\r";
        }
        const isText = node.nodeType === Node.TEXT_NODE;
        return isText ? node.data : [...node.childNodes].map(textOf).join("");
    }

    const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

    // For each line of `now`, whether it is in `before` in this order.
    function common(before, now) {
        const least = Math.min(before.length, now.length);
        let start = 0;
        while (start < least && before[start] === now[start]) start++;
        let end = 0;
        while (end < least - start && before.at(-1 - end) === now.at(-1 - end)) end++;
        const between = (list) => list.slice(start, list.length - end);
        const isCommon = subsequence(between(before), between(now));
        return now.map((line, at) => isCommon[at - start] ?? true);
    }

    // The longest, which is short work for messages; of what would be
    // long work, nothing is said to be the same.
    function subsequence(before, now) {
        if (before.length * now.length > 1e6) return now.map(() => false);
        const length = Array.from({ length: before.length + 1 }, () =>
            new Uint32Array(now.length + 1));
        for (let b = before.length - 1; b >= 0; b--) {
            for (let n = now.length - 1; n >= 0; n--) {
                length[b][n] = before[b] === now[n]
                    ? length[b + 1][n + 1] + 1
                    : Math.max(length[b + 1][n], length[b][n + 1]);
            }
        }
        let b = 0;
        return now.map((line, n) => {
            while (b < before.length && before[b] !== line
                && length[b + 1][n] >= length[b][n + 1]) b++;
            const isSame = before[b] === line;
            if (isSame) b++;
            return isSame;
        });
    }

    // From so many characters on, a message is scrolled in a box.
    const LONG = 20_000;

    // Lines, joined as long as they are alike: new, or not.
    function runs(list, isPrinted) {
        const joined = [];
        list.forEach((line, at) => {
            const isNew = isPrinted[at] === false;
            const last = joined.at(-1);
            if (last?.isNew === isNew) last.text += line;
            else joined.push({ isNew, text: line });
        });
        return joined;
    }

    // A message, with the lines marked that the book does not print.
    function message(text, normal, printed) {
        const [now, shown] = [lines(normal), lines(text)];
        const isPrinted = now.length === shown.length ? common(lines(printed), now) : [];
        const code = element("code", { className: "nohighlight hljs" });
        for (const { isNew, text } of runs(shown, isPrinted)) {
            code.append(isNew ? element("ins", {}, visible(text)) : visible(text));
        }
        const pre = element("pre", { className: "message" }, code);
        if (text.length > LONG) {
            pre.classList.add("long");
            code.tabIndex = 0;
        }
        return pre;
    }

    return { element, button, load, message, textOf };
})();
