// What came, compared with what is printed, or with what came before.
const Compare = (() => {
    // From so many lines on, one mark for each would be too many.
    const MANY = 1000;

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

    // Marks the lines that are not the `same`.
    function markLines(code, same) {
        let [row, isStart, mark] = [0, true, null];
        for (const part of parts(code)) {
            if (isStart && !same[row]) {
                const isOther = mark?.parentNode !== part.parentNode;
                if (!mark || isOther || same.length < MANY) mark = Parts.element("ins");
            } else if (isStart) {
                mark = null;
            }
            if (mark && !mark.isConnected) part.before(mark);
            mark?.append(part);
            isStart = part.textContent.endsWith("\n");
            if (isStart) row++;
        }
    }

    // The lines of an answer or a log that are as printed, each by
    // itself; marks the others. (If what is compared has other lines
    // than what is shown, as with chunks, nothing is marked.)
    function compare(code, printed, now) {
        const shown = Message.lines(Message.textOf(code));
        const lines = Message.lines(now);
        const same = common(Message.lines(printed), lines);
        if (shown.length === lines.length && same.includes(false)) markLines(code, same);
        return same;
    }

    // Marks what differs in what an exchange shows, and gives back words
    // for it, for an answer to the printed request or to another one.
    function mark(exchange) {
        const codeOf = (name) => exchange.sides.querySelector(`.${name} .message code`);
        const { answer, normal, normalLog } = exchange.result;
        if (codeOf("log")) compare(codeOf("log"), exchange.before("log"), normalLog);
        const code = codeOf("response");
        const printed = exchange.before("response");
        const same = compare(code, printed, answer ? normal : Message.textOf(code));
        const most = Math.max(Message.lines(printed).length, same.length);
        const count = most - same.filter(Boolean).length;
        const [lines, differ] = count === 1 ? ["1 line", "differs"] : [`${count} lines`, "differ"];
        return (isPrinted) =>
            (isPrinted ? `not as printed: ${lines}` : `${lines} ${differ}, as the request does`);
    }

    return { compare, mark };
})();
