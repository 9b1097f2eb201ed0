// Messages as the figures show them: taken apart, and in the ink of who
// wrote what.
const Message = (() => {
    const { element } = Parts;

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

    // Fields that servers write, behind those of the application.
    const OWN = /^(content-length|transfer-encoding|date|server|connection)$/;

    // How many fields of an answer the application wrote, of how many
    // more nobody can tell, and who wrote the body.
    function wrote(status, names, isPage, told) {
        const { isCgi, isPrinted, call } = told;
        if (status < "2" || call === null) return [0, 0, "server"];
        if (call) {
            if (call.status !== status) return [0, 0, "server"];
            // Of the next answer it says nothing.
            delete told.call;
            return [call.headers.length, 0, "application"];
        }
        // Of a failure the server makes a page. A program that is run for
        // each request makes the same, but not with every status.
        if (isPage && (!isCgi || /^50[24]/.test(status))) return [0, 0, "server"];
        if (isPage && !/^(404|405|415|500)/.test(status)) return [0, 99, ""];
        const end = names.findLastIndex((name) => !OWN.test(name)) + 1;
        // The application's last, or the server's first? In the book,
        // those programs say it, and others do not; but what came now
        // may be from one that was changed.
        const isLength = names[end] === "content-length";
        return [end + (isLength && isCgi), isLength && !isPrinted, "application"];
    }

    const REQUEST = /[^\s:]+ .*HTTP\/\d\.\d$/my;
    const STATUS = /HTTP\/\d\.\d (\d{3}.*)$/my;
    const FIELD = /^(?:([^:]+)(:[ \t]*))?([^]*?)(\r?\n?)$/;
    const CHUNK = /[\da-f]{1,12}(?=([ \t;].*)?$)/imy;
    const BLANK = /(?<=\n)\r?\n|$/g;

    // From so many characters on, a message is scrolled in a box.
    const LONG = 20_000;

    // Shows a text in a `code`: what is `told` of it, if it is made of
    // messages, and for each line whether it is as printed.
    function fill(code, text, told, isPrinted = []) {
        const isRequest = told?.side === "request";
        const framer = isRequest ? "client" : "server";
        let [at, by, row, run, place, mark] = [0, framer, 0, code];
        // Where it is cut, and how often messages and chunks are looked for.
        let [cuts, left] = [[], 500];

        // A line begins: it may be another's, or differ.
        function begin(author) {
            const isOther = told && author !== run.by;
            if (isOther) {
                run = element("span", { className: `by ${author}`, by: author, role: "group" });
                run.ariaLabel = `written by the ${author || "application or the server"}`;
                code.append(run);
            }
            const differs = isPrinted[row++] === false;
            // One for each line would be too many.
            if (mark && differs && !isOther && text.length > LONG) return;
            mark = differs && element("ins");
            if (mark) run.append(mark);
            place = mark || run;
        }

        const line = () => text.slice(at, text.indexOf("\n", at) + 1 || text.length);

        function match(pattern) {
            pattern.lastIndex = at;
            return pattern.exec(text);
        }

        // Shows more of the text, and gives back its last part.
        function take(length, kind = "", author = by) {
            let part;
            for (const to = at + length; at < to;) {
                const isStart = !at || text[at - 1] === "\n";
                if (isStart) begin(author);
                cuts = cuts.filter((end) => end > at);
                const isWhole = isStart && !isPrinted.length;
                const end = Math.min(to, isWhole ? to : at + line().length, ...cuts);
                const className = author === run.by ? kind : `${kind} ${author}`;
                part = element("span", { className, at }, visible(text.slice(at, end)));
                place.append(part);
                at = end;
            }
            return part;
        }

        // Where the bytes end that a size counts. What was no text came
        // as U+FFFD: it is that, or one byte if only that fits.
        function counts(size, count, fits, limit = text.length) {
            const ends = [3, 1].map((unknown) => {
                let end = at;
                for (let got = 0; end < limit && got < count; end++) {
                    const c = text.codePointAt(end);
                    if (c > 0xffff) end++;
                    got += c === 0xfffd ? unknown : 1 + (c > 0x7f) + (c > 0x7ff) + (c > 0xffff);
                }
                return end;
            });
            const end = ends.find(fits) ?? ends[0];
            const tabIndex = code.querySelector("[tabindex]") ? -1 : 0;
            Object.assign(size, { tabIndex, count, from: at, end });
            cuts.push(end);
            return end;
        }

        function chunks(author) {
            while (left-- && match(CHUNK)) {
                const size = take(match(CHUNK)[0].length, "size");
                const count = parseInt(size.textContent, 16);
                take(line().length);
                const end = counts(size, count, (end) => text.startsWith("\r\n", end));
                // Fields may follow the last.
                if (!count) return take(match(BLANK).index - at) && take(line().length);
                size.dataset.note = `= ${count} byte${count === 1 ? "" : "s"}`;
                take(end - at, "body", author);
                if (!match(/\r?\n/y)) return;
                take(line().length);
            }
        }

        function message() {
            const [start, status = ""] = match(isRequest ? REQUEST : STATUS) ?? [];
            if (!start) return false;
            take(start.length, "start");
            take(line().length);
            const { index } = match(BLANK);
            const head = lines(text.slice(at, index)).map((line) => FIELD.exec(line).slice(1));
            const names = head.map(([name]) => name?.toLowerCase());
            const value = (name) => head[names.lastIndexOf(name)]?.[2];
            // The status alone, or nothing of it, for HEAD.
            const page = `${status}\n`;
            const isPage = status > "4" && Number(value("content-length")) === page.length
                && page.startsWith(text.slice(index).trimStart().slice(0, page.length));
            const [theirs, unsure, author] = isRequest
                ? [0, 0, by] : wrote(status, names, isPage, told);
            const sizes = [];
            head.forEach(([name = "", colon = "", value, end], n) => {
                by = n < theirs ? "application" : n < theirs + unsure ? "" : framer;
                take(name.length, "name");
                take(colon.length, "colon");
                const isSize = names[n] === "content-length" && /^\d{1,15}$/.test(value);
                const part = take(value.length, isSize ? "size" : "");
                if (isSize) sizes.unshift(part);
                take(end.length);
            });
            by = framer;
            take(line().length);
            const isNext = (end) => end === text.length || text.startsWith("HTTP/", end);
            // An answer to HEAD has none either.
            const isNone = /^(1|204|304)/.test(status) || !isRequest && sizes[0] && isNext(at);
            const limit = isNone ? at : text.length;
            let end = isRequest ? at : limit;
            for (const size of sizes) end = counts(size, +size.textContent, isNext, limit);
            const isChunked = /chunked\s*$/i.test(value("transfer-encoding"));
            if (isChunked && !isNone) chunks(author);
            else take(end - at, "body", author);
            return true;
        }

        code.replaceChildren();
        // What is no answer stays plain.
        if (!isRequest && !match(STATUS)) told = null;
        while (told && left-- > 0 && (match(/\r?\n/y) ? take(line().length) : message()));
        if (!isRequest) by = "";
        take(text.length - at);
    }

    // What a figure prints.
    function paint(figure) {
        const isCgi = figure.dataset.how === "cgi";
        for (const code of figure.querySelectorAll(".message code:not(:has(.by))")) {
            const [, side] = code.closest(".side").classList;
            if (side !== "log") fill(code, textOf(code), { side, isCgi, isPrinted: true });
        }
    }

    // What came, with the lines marked that are not printed, as soon as
    // a script is there that compares them.
    function of(text, normal, printed, told) {
        const { lines: same = [], differs } =
            typeof Compare === "object" ? Compare.of(printed, normal) : {};
        const code = element("code", { className: "nohighlight hljs" });
        fill(code, text, told && { ...told, isPrinted: normal === printed },
            same.length === lines(text).length ? same : []);
        const pre = element("pre", { className: "message", differs }, code);
        if (text.length > LONG) {
            pre.classList.add("long");
            code.tabIndex = 0;
        }
        return pre;
    }

    document.querySelectorAll("figure.exchange").forEach(paint);

    // What sizes count is shown to who points at something.
    for (const type of ["pointerover", "focusin"]) {
        addEventListener(type, () => Parts.load("sizes.js").catch(() => {}), { once: true });
    }

    return { lines, of, paint, textOf };
})();
