// A request as bytes, and as a character for each.
const Wire = (() => {
    const encode = (text) => new TextEncoder().encode(text);

    // A character for each byte, for patterns to look at, and back.
    const toLatin = (bytes) =>
        Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const fromLatin = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

    const join = (list) => fromLatin(list.map(toLatin).join(""));

    return { encode, join, toLatin, fromLatin };
})();
