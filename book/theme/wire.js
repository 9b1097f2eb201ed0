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

    return {
        encode, join, toLatin, fromLatin,
        fromPlain, toPlain, fromEscaped, toEscaped,
        slips,
    };
})();
