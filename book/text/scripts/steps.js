// An exchange in steps, with their times: five cards between the lanes
// of client, server and application, and a slider that goes through
// them. It stands in the place of the messages.
class Steps {
    static NAMES = ["bytes in", "the environ", "start_response", "blocks", "bytes out"];

    constructor(exchange) {
        this.exchange = exchange;
        this.step = Steps.NAMES.length;
        this.cards = Parts.element("ol");
        this.view = Parts.element("div", { className: "steps", hidden: true },
            this.stepper(), Steps.lanes(), this.cards);
        for (const name of ["pointerover", "pointerleave", "focusin", "focusout"]) {
            this.cards.addEventListener(name, (event) => this.light(event));
        }
        exchange.sides.after(this.view);
    }

    static lanes() {
        const lanes = ["client", "server", "application"].map((name) =>
            Parts.element("span", { className: name, textContent: name }));
        const lane = Parts.element("div", { className: "lanes" },
            Parts.element("small", { textContent: "ms" }), ...lanes);
        lane.ariaHidden = "true";
        return lane;
    }

    // The controls are above the cards: these change their height.
    stepper() {
        const max = Steps.NAMES.length;
        this.range = Parts.element("input", { type: "range", min: 1, max });
        this.range.ariaLabel = "Step of the exchange";
        this.range.addEventListener("input", () => this.go(Number(this.range.value)));
        this.output = Parts.element("output");
        this.back = this.mover("←", "Step back", -1);
        this.on = this.mover("→", "Step on", 1);
        const made = Parts.element("div", { className: "stepper" },
            this.back, this.range, this.on, this.output);
        // The arrow keys would turn the page.
        made.addEventListener("keydown", (event) => event.stopPropagation());
        return made;
    }

    mover(text, name, by) {
        const made = Parts.button(text, () => this.go(this.step + by));
        made.ariaLabel = name;
        return made;
    }

    // --- What is shown

    toggle() {
        this.setOpen(this.view.hidden);
    }

    setOpen(isOpen) {
        const { figure, wire, send, result } = this.exchange;
        const hasFocus = this.view.contains(document.activeElement);
        if (isOpen) this.fill(result);
        this.view.hidden = !isOpen;
        figure.classList.toggle("in-steps", isOpen);
        wire.ariaPressed = String(isOpen);
        if (hasFocus && !isOpen) send.focus();
    }

    // Another answer has come, or there is none any more.
    show(result) {
        if (!result) this.setOpen(false);
        else if (!this.view.hidden) this.fill(result);
    }

    fill(result) {
        const hadFocus = this.cards.contains(document.activeElement);
        const card = new StepCards(result, this.exchange.figure.dataset.how === "cgi");
        this.cards.replaceChildren(...card.all());
        Steps.link(this.cards);
        this.go(this.step);
        if (hadFocus) this.range.focus();
    }

    // Changes at once, so that one can go to and fro.
    go(step) {
        const { length } = Steps.NAMES;
        this.step = Math.max(1, Math.min(step, length));
        const text = `${this.step} of ${length}, ${Steps.NAMES[this.step - 1]}`;
        this.range.value = this.step;
        this.range.setAttribute("aria-valuetext", text);
        this.output.textContent = text;
        this.back.ariaDisabled = String(this.step === 1);
        this.on.ariaDisabled = String(this.step === length);
        [...this.cards.children].forEach((card, at) => {
            card.classList.toggle("later", at >= this.step);
            card.ariaCurrent = at === this.step - 1 ? "step" : null;
        });
    }

    save() {
        const hasFocus = this.view.contains(document.activeElement);
        return this.view.hidden ? null : { step: this.step, hasFocus };
    }

    restore({ step, hasFocus }) {
        this.setOpen(true);
        this.go(step);
        if (hasFocus && document.activeElement === document.body) this.range.focus();
    }

    // --- What is the same in several cards

    // Each is to be reached by keyboard once, where it is first; what
    // is in one card alone is nothing to point at.
    static link(cards) {
        const groups = Map.groupBy(cards.querySelectorAll("[data-part]:not(:empty)"),
            (part) => part.dataset.part);
        for (const [first, ...others] of groups.values()) {
            if (others.length === 0) {
                delete first.dataset.part;
                continue;
            }
            first.tabIndex = 0;
            first.role = "button";
            first.ariaLabel = `${first.textContent}, marks the same bytes in each step`;
        }
    }

    light({ type, target }) {
        const isOver = type === "pointerover" || type === "focusin";
        const part = isOver ? target.closest("[data-part]")?.dataset.part : undefined;
        for (const one of this.cards.querySelectorAll("[data-part]")) {
            one.classList.toggle("lit", one.dataset.part === part);
        }
    }
}
