// A request in a text area, with what is amiss below it.
class Editor {
    static count = 0;

    constructor(bytes, asBytes, label) {
        this.slips = Parts.element("p", { className: "slips", id: `slips-${Editor.count++}` });
        this.area = Parts.element("textarea", { spellcheck: false });
        this.area.ariaLabel = label;
        this.area.setAttribute("aria-describedby", this.slips.id);
        this.area.addEventListener("input", () => this.look());
        this.element = Parts.element("div", { className: "editor" }, this.area, this.slips);
        this.show(bytes, asBytes);
    }

    // Shows bytes, as a text if they are one and it is wanted.
    show(bytes, asBytes) {
        const plain = asBytes ? null : Wire.toPlain(bytes);
        this.put(plain ?? { text: Wire.toEscaped(bytes), lineEnd: null });
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
            ? Wire.fromEscaped(text) : Wire.fromPlain(text, this.lineEnd);
    }

    get isText() {
        return Wire.toPlain(this.bytes) !== null;
    }

    // Follows what was typed.
    look() {
        const { area } = this;
        area.rows = Math.min(40, Math.max(4, area.value.split("\n").length + 1));
        this.slips.replaceChildren(...Wire.slips(this.bytes).flatMap((slip) =>
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
