// Bytes as they are written and read, and the usual slips in them.
// Nothing here touches the page.
const Written = (() => {
    const { encode, toLatin, fromLatin } = Wire;

    // Null, if it is not UTF-8, or has characters that stand for bytes.
    function decode(bytes) {
        const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
        try {
            const text = decoder.decode(bytes);
            return Wire.BYTE.test(text) ? null : text;
        } catch {
            return null;
        }
    }

    // The text of any bytes, without loss: each that is not part of
    // UTF-8 is a character of its own.
    const SEQUENCE = new RegExp("[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
        + "|[\xf0-\xf7][\x80-\xbf]{3}|[\x80-\xff]", "g");

    function toText(bytes) {
        return toLatin(bytes).replace(SEQUENCE, (part) => decode(fromLatin(part))
            ?? part.replace(/./gs, (c) => String.fromCharCode(0xef00 + c.charCodeAt(0))));
    }

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

    return { fromPlain, toPlain, fromEscaped, toEscaped, toText, slips };
})();

// A request in a text area, with what is amiss below it.
class Editor {
    static count = 0;

    constructor(bytes, asBytes, label) {
        this.slips = Parts.element("p", { className: "slips", id: `slips-${Editor.count++}` });
        this.area = Parts.element("textarea", { spellcheck: false, autocapitalize: "none" });
        // A phone's keyboard mends words that are none.
        this.area.setAttribute("autocorrect", "off");
        this.area.ariaLabel = label;
        this.area.setAttribute("aria-describedby", this.slips.id);
        this.area.addEventListener("input", () => this.look());
        // What its name says, for those who see it.
        const keys = Parts.element("p", { className: "keys", textContent: Exchange.KEYS });
        keys.ariaHidden = "true";
        this.element = Parts.element("div", { className: "editor" }, this.area, this.slips, keys);
        this.show(bytes, asBytes);
    }

    // Shows bytes, as a text if they are one and it is wanted.
    show(bytes, asBytes) {
        const plain = asBytes ? null : Written.toPlain(bytes);
        this.put(plain ?? { text: Written.toEscaped(bytes), lineEnd: null });
    }

    // `lineEnd` is null where bytes are written out.
    put({ text, lineEnd }) {
        this.lineEnd = lineEnd;
        this.area.value = text;
        this.look();
    }

    get bytes() {
        const text = this.area.value;
        return this.lineEnd === null
            ? Written.fromEscaped(text) : Written.fromPlain(text, this.lineEnd);
    }

    get isText() {
        return Written.toPlain(this.bytes) !== null;
    }

    // Follows what was typed.
    look() {
        const { area } = this;
        area.rows = Math.min(40, Math.max(4, area.value.split("\n").length + 1));
        this.slips.replaceChildren(...Written.slips(this.bytes).flatMap((slip) =>
            [slip.said, " ", Parts.button(slip.cure, () => this.mend(slip))]));
    }

    // The button goes with what it mends, so the focus does not stay.
    mend(slip) {
        this.show(slip.mended(), this.lineEnd === null);
        this.area.dispatchEvent(new Event("input"));
        this.area.focus();
    }

    save() {
        const { selectionStart, selectionEnd, scrollTop, value } = this.area;
        const { lineEnd } = this;
        return { text: value, lineEnd, selectionStart, selectionEnd, scrollTop };
    }

    restore(saved) {
        this.put(saved);
        this.area.setSelectionRange(saved.selectionStart, saved.selectionEnd);
        this.area.scrollTop = saved.scrollTop;
    }
}
