// What came, compared with what is printed, or with what came before.
const Compare = (() => {
    // From so many lines on, one mark for each would be too many.
    const MANY = 1000;
    // So many lines that are not there any more are shown.
    const FEW = 40;

    // How much of two texts, or lists of lines, is the same at the
    // beginning, and at the end.
    function ends(before, now) {
        const least = Math.min(before.length, now.length);
        let start = 0;
        while (start < least && before[start] === now[start]) start++;
        let end = 0;
        while (end < least - start && before.at(-1 - end) === now.at(-1 - end)) end++;
        return [start, end];
    }

    // For each line of `now`, where it is in `before`, in this order,
    // or -1.
    function places(before, now) {
        const [start, end] = ends(before, now);
        const between = (list) => list.slice(start, list.length - end);
        const found = subsequence(between(before), between(now));
        return now.map((line, at) => {
            if (at < start) return at;
            const place = found[at - start];
            if (place === undefined) return before.length - now.length + at;
            return place < 0 ? -1 : place + start;
        });
    }

    // The longest, which is short work for messages; of what would be
    // long work, nothing is said to be the same.
    function subsequence(before, now) {
        if (before.length * now.length > 1e6) return now.map(() => -1);
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
            return before[b] === line ? b++ : -1;
        });
    }

    // The parts of a message, none of which goes over a line's end.
    function parts(code) {
        const all = Message.textOf(code);
        const asBytes = Message.isBinary(all);
        if (!code.querySelector(".by")) {
            code.replaceChildren(...split(Parts.element("span", { at: 0 }), all, asBytes));
            return [...code.children];
        }
        for (const part of code.querySelectorAll(".by > span")) {
            const text = Message.textOf(part);
            const end = text.indexOf("\n") + 1;
            if (end && end < text.length) part.replaceWith(...split(part, text, asBytes));
        }
        return [...code.querySelectorAll(".by > span")];
    }

    function split(part, text, asBytes) {
        let { at } = part;
        return Message.lines(text).map((line) => {
            const piece = Object.assign(part.cloneNode(), { at });
            const isLeft = piece.matches(".left");
            piece.append(isLeft ? line : Message.visible(line, asBytes));
            at += line.length;
            return piece;
        });
    }

    // Marks the lines that have no place in what was before, and gives
    // back the first part of each line.
    function markLines(code, found) {
        let [row, isStart, mark] = [0, true, null];
        const firsts = [];
        for (const part of parts(code)) {
            if (isStart) firsts[row] = part;
            if (isStart && found[row] < 0) {
                const isOther = mark?.parentNode !== part.parentNode;
                if (!mark || isOther || found.length < MANY) mark = Parts.element("ins");
            } else if (isStart) {
                mark = null;
            }
            if (mark && !mark.isConnected) part.before(mark);
            mark?.append(part);
            isStart = part.textContent.endsWith("\n");
            if (isStart) row++;
        }
        return firsts;
    }

    // Shows the lines that are not there any more, each below the one
    // that is there instead.
    function showBefore(code, before, found, firsts, note) {
        let [next, marks] = [0, []];
        for (const [row, place] of [...found, before.length].entries()) {
            if (place < 0) {
                marks.push(firsts[row].parentNode);
                continue;
            }
            let above = null;
            for (const line of before.slice(next, place)) {
                const del = Parts.element("del", {}, Message.visible(line));
                del.dataset.note = note;
                const mark = marks.shift();
                above = mark ?? above;
                if (above) above.after(del);
                else if (firsts[row]) firsts[row].before(del);
                else code.append(del);
                if (mark) underline(mark, del);
                above = del;
            }
            [next, marks] = [place + 1, []];
        }
    }

    // What is underlined; a browser that cannot, does not.
    const differing = globalThis.Highlight && new Highlight();
    if (differing) CSS.highlights.set("differs", differing);

    const isWord = (c) => /[\p{L}\p{N}_]/u.test(c ?? "");

    // Of two lines that have something in common, the words that differ.
    function underline(...lines) {
        const texts = lines.map(({ textContent }) => textContent.trimEnd());
        let [start, end] = ends(...texts);
        while (texts.some((text) => isWord(text[start - 1]) && isWord(text[start]))) start--;
        while (end && texts.some((text) => isWord(text.at(-end)) && isWord(text.at(-end - 1)))) end--;
        if (!differing || start + end === 0) return;
        lines.forEach((line, at) => add(line, start, texts[at].length - end));
    }

    // Underlines these characters of a line, in each of its parts.
    function add(line, start, end) {
        const parts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let at = 0;
        for (let part; (part = parts.nextNode()); at += part.length) {
            const within = (place) => Math.max(0, Math.min(part.length, place - at));
            const [startOffset, endOffset] = [within(start), within(end)];
            // One that is live would slow down the page.
            if (startOffset < endOffset) {
                differing.add(new StaticRange({
                    startContainer: part, startOffset, endContainer: part, endOffset,
                }));
            }
        }
    }

    // The lines of an answer or a log that are as printed, each by
    // itself; marks the others, and shows what was there, which is what
    // the `note` says. (If what is compared has other lines than what is
    // shown, as with chunks, nothing is marked.)
    function compare(code, printed, now, note) {
        const shown = Message.lines(Message.textOf(code));
        const lines = Message.lines(now);
        const before = Message.lines(printed);
        const found = places(before, lines);
        const same = found.map((place) => place >= 0);
        const gone = before.length - same.filter(Boolean).length;
        if (shown.length === lines.length && (gone || same.includes(false))) {
            const firsts = markLines(code, found);
            // Of many lines, none has a mark of its own.
            if (gone <= FEW && found.length < MANY) showBefore(code, before, found, firsts, note);
        }
        return same;
    }

    // Marks what differs in what an exchange shows, and gives back words
    // for it, for an answer to the printed request or to another one.
    function mark(exchange) {
        const codeOf = (name) => exchange.sides.querySelector(`.${name} .message code`);
        const { answer, normal, normalLog } = exchange.result;
        const note = exchange.more?.before ? "before" : "printed";
        // What was shown, and is not any more.
        differing?.forEach((range) =>
            range.startContainer.isConnected || differing.delete(range));
        if (codeOf("log")) compare(codeOf("log"), exchange.before("log"), normalLog, note);
        const code = codeOf("response");
        const printed = exchange.before("response");
        const same = compare(code, printed, answer ? normal : Message.textOf(code), note);
        const most = Math.max(Message.lines(printed).length, same.length);
        const count = most - same.filter(Boolean).length;
        const [lines, differ] = count === 1 ? ["1 line", "differs"] : [`${count} lines`, "differ"];
        return (isPrinted) =>
            (isPrinted ? `not as printed: ${lines}` : `${lines} ${differ}, as the request does`);
    }

    return { compare, mark };
})();
