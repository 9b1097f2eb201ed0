// Messages: taken apart, and in the ink of who wrote what.
const Message = (() => {
    const { element } = Parts;

    const isBinary = (text) => Wire.BYTE.test(text);
    const UNSEEN = /(\r\n|(?![\n\t])\p{Cc})/u;
    const UNREAD = /(\r\n|(?!\n)[\p{Cc}\uef80-\uefff])/u;

    // Text with its invisible characters made visible, as characters or,
    // beside bytes that are no text, by their numbers.
    function visible(text, asBytes = isBinary(text)) {
        const shown = new DocumentFragment();
        text.split(asBytes ? UNREAD : UNSEEN).forEach((piece, at) => {
            if (at % 2 === 0) {
                shown.append(piece);
            } else if (piece === "\r\n") {
                shown.append(element("i"), "\n");
            } else {
                const code = piece.charCodeAt(0);
                const isByte = asBytes && (code < 128 || code > 255);
                const hex = (isByte ? code & 255 : code).toString(16);
                const name = isByte ? "x" + hex.padStart(2, "0") : `u{${hex}}`;
                const textContent = "\\" + (piece === "\r" ? "r" : name);
                shown.append(element("span", { className: "control", textContent }));
            }
        });
        return shown;
    }

    // What a message was made of: its ends of lines are not in the text.
    function textOf(node) {
        if (node.nodeName === "I") return "\r";
        // What was printed: see compare.js.
        if (node.nodeName === "DEL") return "";
        if (node.className === "control") {
            return node.textContent.replace(/\\(?:r|x(..)|u{(.+?)})/g, (_, byte, named) => {
                const code = parseInt(byte ?? named ?? "d", 16);
                return String.fromCharCode(byte && code > 127 ? 0xef00 + code : code);
            });
        }
        return node.data ?? [...node.childNodes].map(textOf).join("");
    }

    const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

    // What servers write, behind the application's.
    const OWN = /^(content-length|transfer-encoding|date|server|connection)$/;

    // How many fields the application wrote, how many more perhaps, and
    // who wrote the body.
    function wrote(status, names, isPage, told) {
        const { isCgi = false, isPrinted, call } = told;
        const server = [0, 0, "server"];
        if (status < "2" || call === null || call && call.status !== status) return server;
        // Of the next answer it says nothing.
        delete told.call;
        if (call) return [call.headers.length, 0, "application"];
        // The server's page for a failure, or a CGI program's.
        if (isPage && (!isCgi || /^50[24]/.test(status))) return server;
        if (isPage && !/^(40[45]|415|500)/.test(status)) return [0, 99, ""];
        const end = names.findLastIndex((name) => !OWN.test(name)) + 1;
        // The application's last, or the server's first? In the book, CGI
        // programs say it, and no others; what came now, nobody knows.
        const isLength = names[end] === "content-length";
        return [end + (isLength && isCgi), isLength && !isCgi && !isPrinted, "application"];
    }

    const REQUEST = /[^\s:]+ .*HTTP\/\d\.\d$/my;
    const STATUS = /HTTP\/\d\.\d (\d{3}.*)$/my;
    const FIELD = /(?:([^:]+)(:[ \t]*))?([^]*?)(\r?\n?)$/;
    const CHUNK = /[\da-f]{1,12}(?=([ \t;].*)?$)/imy;
    const BLANK = /(?<=\n)\r?\n|$/g;
    const LONG = /^(.{96})(.{32,}).{32}$/su;

    // Shows a text in a `code`, and what is `told` of it.
    function fill(code, text, told) {
        const { isRequest } = told;
        const asBytes = isBinary(text);
        const framer = isRequest ? "client" : "server";
        // No more than `left` messages and chunks.
        let [at, by, cuts, left, run] = [0, framer, [], 500];

        const line = () => text.slice(at, text.indexOf("\n", at) + 1 || text.length);
        const takeLine = () => take(line().length);

        function match(pattern) {
            pattern.lastIndex = at;
            return pattern.exec(text);
        }

        // Shows more of the text, and gives back its last part.
        function take(length, kind = "", author = by) {
            let part;
            for (const to = at + length; at < to;) {
                const isStart = !at || text[at - 1] === "\n";
                if (isStart && author !== run?.by) {
                    run = element("span", { className: `by ${author}`, by: author, role: "group" });
                    run.title = run.ariaLabel = `written by the ${author || "application or the server"}`;
                    code.append(run);
                }
                cuts = cuts.filter((end) => end > at);
                const end = Math.min(to, isStart ? to : at + line().length, ...cuts);
                const className = author === run.by ? kind : `${kind} ${author}`;
                const piece = text.slice(at, end);
                part = element("span", { className, at },
                    kind === "left" ? piece : visible(piece, asBytes));
                run.append(part);
                at = end;
            }
            return part;
        }

        // A long body that is no text, without its middle.
        function takeBody(end, author) {
            const body = text.slice(at, end);
            const isText = body.split(Wire.BYTE).length * 5 < body.length;
            const [, start, left] = !isText && LONG.exec(body) || [];
            if (left) {
                take(start.length, "body", author);
                take(left.length, "left", author);
                const count = Wire.encode(left).length;
                take(1, "body", author).dataset.left = ` … ${count} bytes … `;
            }
            take(end - at, "body", author);
        }

        // Where they end.
        function counts(size, count, limit = text.length) {
            let end = at;
            for (let got = 0; end < limit && got < count; end++) {
                const c = text.codePointAt(end);
                if (c > 0xffff) end++;
                const isByte = c >= 0xef80 && c <= 0xefff;
                got += isByte ? 1 : 1 + (c > 0x7f) + (c > 0x7ff) + (c > 0xffff);
            }
            cuts.push(end);
            size.tabIndex = code.querySelector("[tabindex]") ? -1 : 0;
            return Object.assign(size, { count, from: at, end }).end;
        }

        function chunks(author) {
            while (left-- > 0 && match(CHUNK)) {
                const size = take(match(CHUNK)[0].length, "size");
                const count = parseInt(size.textContent, 16);
                takeLine();
                const end = counts(size, count);
                if (!count) {
                    // Fields may follow.
                    take(match(BLANK).index - at);
                    return takeLine();
                }
                size.dataset.note = `= ${count} byte${count > 1 ? "s" : ""}`;
                takeBody(end, author);
                if (!match(/\r?\n/y)) return;
                takeLine();
            }
        }

        function message() {
            const [start, status = ""] = match(isRequest ? REQUEST : STATUS) ?? [];
            if (!start) return false;
            by = framer;
            take(start.length, "start");
            takeLine();
            const { index } = match(BLANK);
            const head = lines(text.slice(at, index)).map((line) => FIELD.exec(line));
            const names = head.map(([, name]) => name?.toLowerCase());
            const value = (name) => head[names.lastIndexOf(name)]?.[3];
            // The status alone; or nothing, for HEAD.
            const page = `${status}\n`;
            const isPage = status > "4" && +value("content-length") === page.length
                && page.startsWith(text.slice(index).trimStart().slice(0, page.length));
            const [theirs, unsure, author] = isRequest
                ? [0, 0, by] : wrote(status, names, isPage, told);
            const sizes = [];
            head.forEach(([, name = "", colon = "", value, end], n) => {
                by = n < theirs ? "application" : n < theirs + unsure ? "" : framer;
                take(name.length, "name");
                take(colon.length, "colon");
                const isSize = names[n] === "content-length" && /^\d{1,15}$/.test(value);
                const part = take(value.length, isSize ? "size" : "");
                if (isSize) sizes.unshift(part);
                take(end.length);
            });
            by = framer;
            takeLine();
            const isNext = (end) => end === text.length || text.startsWith("HTTP/", end);
            const isNone = /^(1|204|304)/.test(status) || !isRequest && sizes[0] && isNext(at);
            const limit = isNone ? at : text.length;
            let end = isRequest ? at : limit;
            for (const size of sizes) end = counts(size, +size.textContent, limit);
            if (!isNone && /chunked\s*$/i.test(value("transfer-encoding"))) chunks(author);
            else takeBody(end, author);
            return true;
        }

        // What is no answer stays plain.
        if (!isRequest && !match(STATUS)) return code.replaceChildren(visible(text));
        code.replaceChildren();
        while (left-- > 0 && (match(/\r?\n/y) ? takeLine() : message()));
        if (!isRequest) by = "";
        take(text.length - at);
    }

    // What a figure prints.
    function paint(figure) {
        const isCgi = figure.dataset.how === "cgi";
        for (const code of figure.querySelectorAll(".message code:not(:has(.by), .log *)")) {
            const isRequest = code.matches(".request *");
            fill(code, textOf(code), { isRequest, isCgi, isPrinted: true });
        }
    }

    // What came; if it is long, it is scrolled in a box.
    function made(text, told) {
        const code = element("code", { className: "nohighlight hljs" });
        if (told) fill(code, text, told);
        else code.append(visible(text));
        const pre = element("pre", { className: "message" }, code);
        pre.classList.toggle("binary", isBinary(text));
        if (text.length > 20_000) fold(pre);
        return pre;
    }

    // Has it scrolled in a box.
    function fold(pre) {
        pre.classList.add("long");
        pre.firstChild.tabIndex = 0;
    }

    document.querySelectorAll("figure.exchange").forEach(paint);

    // Shows what sizes count.
    const load = () => Parts.load("sizes.js").catch(() => {});
    addEventListener("pointerover", load, { once: true });
    addEventListener("focusin", load, { once: true });

    return { fold, isBinary, lines, made, paint, textOf, visible };
})();
