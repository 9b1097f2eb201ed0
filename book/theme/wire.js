// A request as bytes: how it is read and written, the usual slips in
// it, and the command that sends it. Nothing here touches the page.
const Wire = (() => {
    const encode = (text) => new TextEncoder().encode(text);

    // Null, if it is not UTF-8.
    function decode(bytes) {
        const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
        try {
            return decoder.decode(bytes);
        } catch {
            return null;
        }
    }

    // A character for each byte, for patterns to look at, and back.
    const toLatin = (bytes) =>
        Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const fromLatin = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

    const join = (list) => fromLatin(list.map(toLatin).join(""));
    const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

    // --- As text: the lines of a head end in CR LF by themselves, those
    // of a body in `lineEnd`.

    function fromPlain(text, lineEnd) {
        const blank = text.indexOf("\n\n");
        const end = blank < 0 ? text.length : blank + 2;
        const head = text.slice(0, end).replaceAll("\n", "\r\n");
        return encode(head + text.slice(end).replaceAll("\n", lineEnd));
    }

    // Null, if there is no text that is written as these bytes.
    function toPlain(bytes) {
        const text = decode(bytes)?.replaceAll("\r\n", "\n");
        if (text === undefined || /(?![\n\t])\p{Cc}/u.test(text)) return null;
        const lineEnd = ["\n", "\r\n"]
            .find((end) => isSame(fromPlain(text, end), bytes));
        return lineEnd === undefined ? null : { text, lineEnd };
    }

    // --- As bytes: what cannot be seen is written out, but for the line
    // feeds, each of which ends a line.

    const NAMES = { "\\r": "\r", "\\n": "\n", "\\t": "\t", "\\\\": "\\" };

    const hex = (bytes) => Array.from(bytes, (byte) =>
        "\\x" + byte.toString(16).padStart(2, "0")).join("");

    function fromEscaped(text) {
        const parts = text.split(/(\\x[0-9a-fA-F]{2}|\\[rnt\\])/);
        const bytes = parts.map((part, at) => {
            if (at % 2 === 0) return toLatin(encode(part));
            return NAMES[part] ?? String.fromCharCode(parseInt(part.slice(2), 16));
        });
        return fromLatin(bytes.join(""));
    }

    function toEscaped(bytes) {
        const text = decode(bytes);
        const written = text ?? toLatin(bytes);
        const unseen = text === null
            ? /[^\n\t -[\]-~]/g
            : /(?![\n\t])[\\\p{C}\p{Zl}\p{Zp}]/gu;
        return written.replace(unseen, (c) => {
            if (c === "\r") return "\\r";
            if (c === "\\") return "\\\\";
            return hex(text === null ? fromLatin(c) : encode(c));
        });
    }

    // --- The usual slips. None is mended before somebody asks for it.

    const slip = (said, cure, text) => ({ said, cure, mended: () => fromLatin(text) });

    const LENGTH = /^content-length[ \t]*:[ \t]*(.*?)[ \t]*\r?$/gim;

    const count = (bytes) => `${bytes} ${bytes === 1 ? "byte" : "bytes"} of body`;

    function slips(bytes) {
        const text = toLatin(bytes);
        const end = /\n\r?\n/.exec(text);
        if (!end) {
            const rest = text.endsWith("\n") ? "\r\n" : "\r\n\r\n";
            const said = "the head does not end: a blank line is missing";
            return [slip(said, "add it", text + rest)];
        }
        const head = text.slice(0, end.index + 1);
        return lengthSlips(head, text.slice(head.length), end[0].length - 1);
    }

    // `rest` is the blank line, which is so long, and the body.
    function lengthSlips(head, rest, blank) {
        const length = rest.length - blank;
        const fields = [...head.matchAll(LENGTH)];
        if (fields.length === 0) {
            if (length === 0 || /^transfer-encoding[ \t]*:/im.test(head)) return [];
            const field = `Content-Length: ${length}\r\n`;
            const said = `${count(length)}, and no Content-Length`;
            return [slip(said, "add it", head + field + rest)];
        }
        const [{ 0: line, 1: value, index }] = fields;
        const isClear = fields.length === 1 && /^\d+$/.test(value);
        if (!isClear || BigInt(value) === BigInt(length)) return [];
        const said = `${count(length)}, Content-Length says ${value}`;
        const fitting = head.slice(0, index) + line.replace(value, length)
            + head.slice(index + line.length);
        return [slip(said, "make it fit", fitting + rest)];
    }

    // --- The command

    const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

    const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    // What curl sends as it is told to: one request in HTTP/1.1, with
    // Host as its first field, in characters that a terminal takes.
    const PLAIN = new RegExp("^([A-Z]+) (/[!-\"$-~]*) HTTP/1\\.1\r\n"
        + `((?:${TOKEN}: [!-~](?:[ -~]*[!-~])?\r\n)+)\r\n([\n -~]*)$`);

    // The values of a field.
    function values(fields, name) {
        const lead = name.toLowerCase() + ": ";
        return fields.filter((field) => field.toLowerCase().startsWith(lead))
            .map((field) => field.slice(lead.length));
    }

    // Does the head say what the body is?
    function isFramed(method, fields, body) {
        if (values(fields, "Transfer-Encoding").length > 0) return false;
        const length = values(fields, "Content-Length").join();
        if (body === "") return length === "" || length === "0";
        return length === String(body.length) && method !== "HEAD";
    }

    // The fields that curl adds of its own accord.
    function added(body) {
        const names = ["User-Agent", "Accept"];
        if (body) names.push("Content-Type");
        if (body.length > 1024) names.push("Expect");
        return names;
    }

    // Null, if curl would send other bytes.
    function curl(request, origin) {
        const parts = PLAIN.exec(request);
        if (!parts) return null;
        const [, method, target, head, body] = parts;
        const fields = head.split("\r\n").slice(0, -1);
        const isHosted = /^host:/i.test(fields[0]) && values(fields, "Host").length === 1;
        if (!isHosted || !isFramed(method, fields, body)) return null;
        const words = ["curl", "-i", "--raw"];
        // What it would take for its own.
        if (/[[\]{}]/.test(target)) words.push("-g");
        if (target.includes("/.")) words.push("--path-as-is");
        if (method === "HEAD") words.push("-I");
        else if (method !== (body ? "POST" : "GET")) words.push("-X", method);
        for (const field of fields) words.push("-H", quoted(field));
        for (const name of added(body)) {
            const isGiven = values(fields, name).length > 0;
            if (!isGiven) words.push("-H", quoted(name + ":"));
        }
        if (body) words.push("--data-raw", quoted(body));
        words.push(quoted(origin + target));
        return words.join(" ");
    }

    // In the escapes that every printf has for %b.
    const NAMED = { "\r": "\\r", "\n": "\\n", "\\": "\\\\" };
    const octal = (c) => "\\0" + c.charCodeAt(0).toString(8).padStart(3, "0");
    const unprinted = (text) =>
        text.replace(/[^ -&(-[\]-~]/g, (c) => NAMED[c] ?? octal(c));

    // The same through bash, which sends any bytes, and then says that
    // nothing follows them: a server may wait for more. (Its own printf
    // would send each line by itself.)
    function bash(bytes, origin) {
        const { hostname, port } = new URL(origin);
        const lines = bytes.match(/[^\n]*\n|[^\n]+$/g) ?? [];
        const words = lines.map((line) => ` \\\n  '${unprinted(line)}'`);
        return [
            "bash <<'end'",
            `exec 3<>/dev/tcp/${hostname}/${port || 80}`,
            `env printf '%b'${words.join("")} >&3`,
            "perl -e 'shutdown STDIN, 1' <&3",
            "cat <&3",
            "end",
            "",
        ].join("\n");
    }

    // A command that sends the very bytes of these requests, one after
    // the other over one connection.
    function command(requests, origin) {
        const texts = requests.map(toLatin);
        const asCurl = texts.length === 1 ? curl(texts[0], origin) : null;
        return { text: asCurl ?? bash(texts.join(""), origin), isCurl: asCurl !== null };
    }

    return {
        encode, join, toLatin, fromLatin,
        fromPlain, toPlain, fromEscaped, toEscaped,
        slips, command,
    };
})();
