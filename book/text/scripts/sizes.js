// Sizes in messages: what a size says, and the bytes that it counts,
// which are lit while it is pointed at or has the focus.
(() => {
    const SIZE = ".message .size[tabindex]";
    const bytes = (count) => `${count} byte${count === 1 ? "" : "s"}`;

    // The size that an event is about, which has a name by then.
    function sizeOf({ target }) {
        const size = target.closest?.(SIZE);
        if (size && !size.title) {
            size.role = "group";
            size.title = size.ariaLabel = meaning(size);
        }
        return size;
    }

    function meaning(size) {
        const { count, from, end, textContent } = size;
        const text = Message.textOf(size.closest("code")).slice(from, end);
        const isLength = size.previousElementSibling?.matches(".colon");
        const name = `${textContent}, ${isLength ? "the length of a body" : "a chunk size"}`;
        const missing = count - Wire.encode(text).length;
        if (missing <= 0) return `${name}: ${bytes(count)} follow${count === 1 ? "s" : ""}`;
        if (missing === count) return `${name}: none of ${bytes(count)} follows`;
        return `${name}: ${bytes(count)}, of which ${missing} ${missing === 1 ? "is" : "are"} missing`;
    }

    function light() {
        const all = (where, from = document) => [...from.querySelectorAll(where)];
        all(".lit").forEach((part) => part.classList.remove("lit"));
        const sizes = all(SIZE).filter((size) => size.matches(":hover, :focus"));
        for (const { from, end, parentNode } of sizes) {
            all("span", parentNode.closest("code"))
                .filter(({ at }) => at >= from && at < end)
                .forEach((part) => part.classList.add("lit"));
        }
    }

    for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) {
        document.addEventListener(type, (event) => {
            if (sizeOf(event)) light();
        });
    }
    document.querySelectorAll(SIZE).forEach((target) => sizeOf({ target }));
    light();

    // The first of a message is reached by Tab, the others by arrows.
    document.addEventListener("keydown", (event) => {
        const size = sizeOf(event);
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (!size || !step) return;
        const sizes = [...size.closest("code").querySelectorAll(SIZE)];
        const next = sizes[sizes.indexOf(size) + step];
        if (!next) return;
        // The page would be turned.
        event.stopPropagation();
        event.preventDefault();
        next.focus();
    }, true);
})();
