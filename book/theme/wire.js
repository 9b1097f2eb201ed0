// Messages as bytes, and as a character for each.
const Wire = (() => {
    // A byte that is not part of UTF-8 is a character in a text, from
    // U+EF80 to U+EFFF.
    const BYTE = /[\uef80-\uefff]/;

    function encode(text) {
        const bytes = new TextEncoder().encode(text);
        if (!BYTE.test(text)) return bytes;
        let end = 0;
        for (let at = 0; at < bytes.length; at++) {
            // Of such a character's three bytes, the last two have it.
            const isByte = bytes[at] === 0xee && bytes[at + 1] >= 0xbe;
            if (isByte) at += 2;
            bytes[end++] = isByte ? (bytes[at - 1] & 1) << 6 | bytes[at] : bytes[at];
        }
        return bytes.slice(0, end);
    }

    // A character for each byte, for patterns to look at, and back.
    const toLatin = (bytes) =>
        Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const fromLatin = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

    const join = (list) => fromLatin(list.map(toLatin).join(""));

    return { BYTE, encode, join, toLatin, fromLatin };
})();
