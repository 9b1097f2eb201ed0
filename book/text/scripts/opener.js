// The drawing at a chapter's beginning, in which a request travels.
const Opener = (() => {
    const DURATION = 3400;

    // When each part sets out and arrives, as shares of the whole.
    const TRIPS = {
        request: [0, 0.2],
        environment: [0.22, 0.42],
        output: [0.52, 0.72],
        response: [0.75, 0.94],
    };

    // Not there, along its arrow, not there, and at rest.
    function trip(part, [start, end]) {
        const [x, y] = part.closest("[data-way]").dataset.way.split(" ");
        const [from, to] = [`translate(${-x}px, ${-y}px)`, `translate(${x}px, ${y}px)`];
        return [
            { offset: 0, opacity: start ? 0 : 1, transform: from },
            { offset: start, opacity: start ? 0 : 1, transform: from },
            { offset: start + 0.01, opacity: 1, transform: from },
            { offset: end, opacity: 1, transform: to },
            { offset: end + 0.01, opacity: 0, transform: to },
            { offset: 0.96, opacity: 0, transform: "none" },
            { offset: 1, opacity: 1, transform: "none" },
        ];
    }

    // The process is there from its environment to its output.
    const PROCESS = [0.25, 0.25, 1, 1, 0.25, 0.25, 1].map((opacity, at) =>
        ({ opacity, offset: [0, 0.22, 0.28, 0.74, 0.8, 0.95, 1][at] }));

    // Resolves when all is at rest again.
    function move(figure) {
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) return null;
        // Of the drawing that is shown.
        const parts = [...figure.querySelectorAll("[data-part]")]
            .filter((part) => part.getClientRects().length > 0);
        return Promise.all(parts.map((part) => {
            const { part: name } = part.dataset;
            const frames = name === "process" ? PROCESS : trip(part, TRIPS[name]);
            return part.animate(frames, { duration: DURATION }).finished;
        }));
    }

    // Words, with a way to the first exchange.
    function said({ figure, result }) {
        figure.id ||= "first-exchange";
        const link = Parts.element("a", { href: `#${figure.id}`, textContent: "first exchange" });
        if (!result?.answer) return ["There is no response; the ", link, " says why."];
        const [status] = result.answer.replace(/^\S+ /, "").split("\r\n");
        return ["The server has started the program for your request, and made a response of its "
            + `output: ${status}, after ${Math.round(result.took)} ms. The `, link, " shows it."];
    }

    // Its Send is that of the first exchange: one request, two places
    // to see what became of it.
    function setUp(figure) {
        const status = Parts.element("span", { className: "status" });
        status.setAttribute("role", "status");
        const start = Parts.button("Send", async () => {
            // A button that is disabled would lose the focus.
            if (start.ariaDisabled === "true") return;
            start.ariaDisabled = "true";
            status.textContent = "sending …";
            const { live } = document.querySelector("figure.exchange");
            await Promise.all([live.run(), move(figure)]);
            start.ariaDisabled = "false";
            status.replaceChildren(...said(live));
        });
        start.ariaLabel = "Send a request, and see it travel";
        status.textContent = "and see it travel";
        figure.append(Parts.element("div", { className: "live-bar" }, start, status));
    }

    return { setUp };
})();
