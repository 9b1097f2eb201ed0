// Figures that come later: asks for the page until all are there.
(() => {
    const figures = (page) => [...page.querySelectorAll("main figure")];
    const isPending = (figure) => figure.classList.contains("pending");

    async function renew() {
        const answer = await fetch(location.href);
        const text = await answer.text();
        const page = new DOMParser().parseFromString(text, "text/html");
        const made = figures(page);
        figures(document).forEach((figure, at) => {
            if (isPending(figure) && made[at] && !isPending(made[at])) {
                figure.replaceWith(made[at]);
            }
        });
        dispatchEvent(new Event("resize"));
        wait();
    }

    function wait() {
        if (figures(document).some(isPending)) {
            setTimeout(() => renew().catch(wait), 3000);
        }
    }

    wait();
})();
