// What came, compared with what is printed.
const Compare = (() => {
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

    // For each line of `now` whether it is as printed, and words for how
    // many are not, in the answer to the printed request or another one.
    function of(printed, now) {
        const before = Message.lines(printed);
        const lines = common(before, Message.lines(now));
        const kept = lines.filter(Boolean).length;
        const count = Math.max(before.length, lines.length) - kept;
        const [some, differ] = count === 1 ? ["1 line", "differs"] : [`${count} lines`, "differ"];
        const differs = (isPrinted) =>
            (isPrinted ? `not as printed: ${some}` : `${some} ${differ}, as the request does`);
        return { lines, differs };
    }

    return { of };
})();
