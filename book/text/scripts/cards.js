// The five cards of one exchange, for those steps.
class StepCards {
    // So much of a message, and of a block, is shown, in bytes; a fourth
    // of that, if it is no text.
    static MOST = 1600;
    static MOST_OF_BLOCK = 600;

    // What comes from the request itself, in its order; the rest of the
    // environ is folded away.
    static FROM_REQUEST = ["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
        "CONTENT_", "HTTP_"];

    static CLASSES = ["client on", "server on", "application back", "application back",
        "server back"];

    constructor(result, isCgi) {
        Object.assign(this, result, { isCgi });
        this.variables = new Map(result.environ);
        // Something may fail before any of it is sent.
        const { call, answer } = result;
        this.isSent = !!call && ("\n" + answer).includes(`\nHTTP/1.1 ${call.status}\r\n`);
        this.headers = new Map(result.call?.headers.map(([name, value]) =>
            [name.toLowerCase(), value]));
    }

    all() {
        return [this.bytesIn(), this.theEnviron(), this.started(), this.blocks(),
            this.bytesOut()];
    }

    // The times are of its beginning and, unless that is the same, of
    // its end.
    card(number, note, [from, to], ...content) {
        const name = Steps.NAMES[number - 1];
        const title = `${number}. ${name === "start_response" ? name : StepCards.upper(name)}`;
        const time = Parts.element("time");
        if (from !== undefined && from !== null) {
            const [first, last] = [from, to ?? from].map(StepCards.ms);
            time.textContent = first === last ? first : `${first} to ${last}`;
            time.append(Parts.element("span", { textContent: " ms" }));
        }
        const head = Parts.element("div", { className: "head" },
            Parts.element("b", { textContent: title }),
            Parts.element("small", { textContent: note }));
        const body = Parts.element("div", { className: "body" }, ...content);
        const card = Parts.element("div", { className: "card" }, head, body);
        return Parts.element("li", { className: StepCards.CLASSES[number - 1] }, time, card);
    }

    static upper = (text) => text[0].toUpperCase() + text.slice(1);
    static ms = (time) => time.toFixed(time < 100 ? 1 : 0);
    static count = (number, name) =>
        `${number.toLocaleString("en")} ${name}${number === 1 ? "" : "s"}`;

    static says(text) {
        return Parts.element("p", { textContent: text });
    }

    static INSIDE = "This happens inside the program, which serves by itself: "
        + "from outside, only its bytes can be seen.";
    static ITSELF = "The application was not called: the server answered by itself.";

    // --- The cards

    bytesIn() {
        const { sent } = this;
        const note = StepCards.count(sent.length, "byte");
        return this.card(1, note, [0], this.message(sent, true));
    }

    theEnviron() {
        const { environ, steps, isCgi } = this;
        if (!environ) return this.card(2, "", [], StepCards.says(StepCards.ITSELF));
        const shown = StepCards.FROM_REQUEST.flatMap((start) =>
            environ.filter(([key]) => key.startsWith(start)));
        const folded = environ.filter((pair) => !shown.includes(pair));
        let note = StepCards.count(environ.length, "value");
        if (steps.calls > 1) note += `, for the first of ${steps.calls} requests`;
        if (!isCgi) note = "that chapter 8's server makes of these bytes";
        const rest = Parts.element("details", { className: "environ" },
            Parts.element("summary", { textContent: `${folded.length} more` }),
            StepCards.table(folded));
        return this.card(2, note, [steps.called], StepCards.table(shown), rest);
    }

    static table(pairs) {
        const rows = pairs.map(([key, value]) => Parts.element("tr", {},
            Parts.element("th", { scope: "row", textContent: key }),
            Parts.element("td", {}, StepCards.part(key, value))));
        return Parts.element("table", {}, Parts.element("tbody", {}, ...rows));
    }

    started() {
        const { call, environ, isCgi } = this;
        if (!isCgi) return this.card(3, "", [], StepCards.says(StepCards.INSIDE));
        if (!call) {
            const text = environ
                ? "It was not called: what the program printed has no head."
                : StepCards.ITSELF;
            return this.card(3, "", [], StepCards.says(text));
        }
        const code = StepCards.code(`"`, StepCards.part(":status", call.status), `"\n`);
        for (const [name, value] of call.headers) {
            code.append(...StepCards.field(name, ": ", StepCards.part(":" + name, value)), "\n");
        }
        const held = StepCards.says(this.isSent
            ? "The server keeps it until there is a block to send."
            : "Something failed before there was a block, and the server answered by itself.");
        return this.card(3, "the head that the program printed", [call.at],
            Parts.element("pre", {}, code), held);
    }

    blocks() {
        const { call, steps: { blocks, moreBlocks }, isCgi } = this;
        if (!isCgi) return this.card(4, "", [], StepCards.says("So do these."));
        if (blocks.length === 0) {
            const text = call ? "There was none." : "Nobody was asked for one.";
            return this.card(4, "", [], StepCards.says(text));
        }
        const list = blocks.map(({ at, length, text }) => {
            const isBinary = Message.isBinary(text);
            const shown = text.slice(0, StepCards.MOST_OF_BLOCK / (isBinary ? 4 : 1));
            const code = StepCards.code(StepCards.part(":block", shown, "bytes"));
            if (shown !== text || length > Wire.encode(text).length) code.append(" …");
            const size = `${StepCards.count(length, "byte")} at ${StepCards.ms(at)} ms`;
            return Parts.element("li", {}, Parts.element("small", { textContent: size }),
                StepCards.pre(code, isBinary));
        });
        const more = moreBlocks ? [StepCards.says(`And ${moreBlocks} more.`)] : [];
        const note = StepCards.count(blocks.length + moreBlocks, "block");
        return this.card(4, note, [blocks[0].at, blocks.at(-1).at],
            Parts.element("ol", {}, ...list), ...more);
    }

    bytesOut() {
        const { answer, steps: { reads, moreReads } } = this;
        if (reads.length === 0) {
            const text = "There were none: the connection was closed without an answer.";
            return this.card(5, "", [], StepCards.says(text));
        }
        const bytes = Wire.toLatin(Wire.encode(answer));
        const content = [this.message(bytes, false)];
        const count = reads.length + moreReads;
        if (count > 1) {
            const times = reads.map(({ at, length }) =>
                `${StepCards.count(length, "byte")} at ${StepCards.ms(at)} ms`);
            if (moreReads) times.push(`${moreReads} more`);
            content.push(StepCards.says(`They came in ${count} parts: ${times.join(", ")}.`));
        }
        const total = reads.reduce((sum, { length }) => sum + length, 0);
        const note = moreReads ? `in ${count} parts` : StepCards.count(total, "byte");
        return this.card(5, note, [reads[0].at, reads.at(-1).at], ...content);
    }

    // --- Messages

    // As in the figure: what cannot be seen is made visible, but is not
    // in the text.
    static code(...pieces) {
        return Parts.element("code", { className: "nohighlight hljs" }, ...pieces);
    }

    static pre(code, isBinary) {
        return Parts.element("pre", { className: isBinary ? "binary" : "" }, code);
    }

    // A text that is in other cards, too; each character that cannot be
    // seen is written out.
    static part(name, text, className = "") {
        const made = Parts.element("span", { className }, StepCards.visible(text));
        made.dataset.part = name.toLowerCase();
        return made;
    }

    static UNSEEN = /(\r\n|\n|(?!\t)\p{Cc})/u;
    static UNREAD = /(\r\n|\n|[\p{Cc}\uef80-\uefff])/u;

    static visible(text) {
        const shown = new DocumentFragment();
        const isBinary = Message.isBinary(text);
        text.split(isBinary ? StepCards.UNREAD : StepCards.UNSEEN).forEach((piece, at) => {
            if (at % 2 === 0) {
                shown.append(piece);
                return;
            }
            const end = { "\r\n": "crlf", "\n": "lf" }[piece];
            if (end) {
                shown.append(Parts.element("i", { className: end }), "\n");
            } else {
                const textContent = piece === "\t"
                    ? "\\x09" : Written.toEscaped(Wire.encode(piece));
                shown.append(Parts.element("span", { className: "control", textContent }));
            }
        });
        return shown;
    }

    static field(name, colon, value) {
        return [Parts.element("b", { textContent: name }), colon, value];
    }

    static text = (latin) => Written.toText(Wire.fromLatin(latin));

    // One message after another; a character stands for a byte.
    message(latin, isRequest) {
        const isBinary = Message.isBinary(StepCards.text(latin));
        const most = StepCards.MOST / (isBinary ? 4 : 1);
        // No character is cut.
        const shown = latin.length <= most ? latin
            : latin.slice(0, most).replace(/[\xc0-\xff][\x80-\xbf]*$/, "");
        const code = StepCards.code();
        let rest = shown;
        // The environ and the call are those of the first.
        let isFirst = true;
        while (rest) {
            const end = /\r?\n\r?\n/.exec(rest);
            const head = end ? rest.slice(0, end.index + end[0].length) : rest;
            code.append(...this.head(head, isRequest, isFirst));
            rest = rest.slice(head.length);
            const wrap = (bytes) => this.bytes(bytes, !isRequest && isFirst);
            if (/^transfer-encoding: *chunked/im.test(head)) {
                rest = StepCards.chunks(code, rest, wrap);
            } else {
                const body = rest.slice(0, StepCards.bodyLength(head, isRequest));
                if (body) code.append(wrap(body));
                rest = rest.slice(body.length);
            }
            // Before an answer there may be one that says: go on.
            if (!/^HTTP\/\S+ 1\d\d/.test(head)) isFirst = false;
        }
        const pre = StepCards.pre(code, isBinary);
        const left = latin.length - shown.length;
        if (left === 0) return pre;
        const more = StepCards.says(`… ${StepCards.count(left, "byte")} more`);
        return Parts.element("div", {}, pre, more);
    }

    head(head, isRequest, isFirst) {
        const lines = [...head.matchAll(/(.*?)(\r?\n|$)/gs)].filter(([line]) => line);
        return lines.flatMap(([, line, end], at) => {
            const text = StepCards.text(line);
            const paint = isRequest ? this.requestLine : this.answerLine;
            const painted = isFirst
                ? paint.call(this, text, at === 0)
                : this.fieldLine(text, () => null);
            return [...painted, StepCards.visible(end)];
        });
    }

    static bodyLength(head, isRequest) {
        if (/^HTTP\/\S+ (1\d\d|204|304)/.test(head)) return 0;
        const length = /^content-length: *(\d+)/im.exec(head)?.[1];
        return Number(length ?? (isRequest ? 0 : Infinity));
    }

    // Adds a body, as far as it is made of chunks, and returns the rest.
    static chunks(code, latin, wrap) {
        let rest = latin;
        for (;;) {
            const [line, size] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
            if (!line) return rest;
            const length = parseInt(size, 16);
            code.append(Parts.element("b", { className: "size", textContent: size }),
                StepCards.visible("\r\n"));
            rest = rest.slice(line.length);
            const [data, end] = [rest.slice(0, length), rest.slice(length, length + 2)];
            if (data) code.append(wrap(data));
            code.append(StepCards.visible(end));
            rest = rest.slice(length + 2);
            if (length === 0) return rest;
        }
    }

    // Of a body that the application has made, who made it is known.
    bytes(latin, isAnswer) {
        const text = StepCards.text(latin);
        return isAnswer && this.isSent
            ? StepCards.part(":block", text, "bytes")
            : StepCards.visible(text);
    }

    requestLine(text, isStart) {
        const { variables } = this;
        const get = (name) => variables.get(name) ?? "";
        const line = /^(\S+) ([^\s?]*)(\?\S*)? (\S+)$/.exec(text);
        if (line && isStart) {
            const [, method, path, query = "", version] = line;
            const script = get("SCRIPT_NAME");
            const isPlain = path === script + get("PATH_INFO");
            const target = isPlain
                ? [StepCards.part("SCRIPT_NAME", script),
                    StepCards.part("PATH_INFO", path.slice(script.length))]
                : [path];
            if (query) target.push("?", StepCards.part("QUERY_STRING", query.slice(1)));
            return [Parts.element("b", { className: "start" },
                StepCards.part("REQUEST_METHOD", method), " ", ...target, " ", version)];
        }
        return this.fieldLine(text, (name, value) => {
            const key = name.toUpperCase().replaceAll("-", "_");
            const variable = /^CONTENT_(TYPE|LENGTH)$/.test(key) ? key : "HTTP_" + key;
            return get(variable) === value ? variable : null;
        });
    }

    answerLine(text) {
        const { call, headers, isSent } = this;
        if (!isSent) return this.fieldLine(text, () => null);
        if (text === `HTTP/1.1 ${call.status}`) {
            return [Parts.element("b", { className: "start" },
                "HTTP/1.1 ", StepCards.part(":status", call.status))];
        }
        return this.fieldLine(text, (name, value) =>
            (headers.get(name.toLowerCase()) === value ? ":" + name : null));
    }

    // A line with a name: `partOf` says what its value is elsewhere.
    fieldLine(text, partOf) {
        const field = /^([^\s:]+)(:[ \t]*)(.*)$/s.exec(text);
        if (!field) return [Parts.element("b", { className: "start" }, StepCards.visible(text))];
        const [, name, colon, value] = field;
        const part = partOf(name, value);
        const made = StepCards.field(name, colon,
            part ? StepCards.part(part, value) : StepCards.visible(value));
        // The application has said it, not the server.
        if (part?.startsWith(":")) made[0].className = "application";
        return made;
    }
}
