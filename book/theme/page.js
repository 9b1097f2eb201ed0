// What every page does, wherever it is read.
(() => {
    // mdBook's button for the sidebar is a label; its search has none.
    const named = (name) => document.getElementById("mdbook-" + name) ?? {};
    named("sidebar-toggle").role = "button";
    named("searchbar").ariaLabel = "Search";

    // What scrolls can be scrolled by keyboard.
    function letScroll() {
        for (const box of document.querySelectorAll("main pre > code, .drawing, .table-wrapper")) {
            const scrolls = box.scrollWidth > box.clientWidth
                || box.closest(".long");
            if (scrolls) box.tabIndex = 0;
            // It would lose the focus with it.
            else if (box !== document.activeElement) box.removeAttribute("tabindex");
        }
    }

    letScroll();
    addEventListener("resize", letScroll);
    // What was folded has no width.
    addEventListener("toggle", letScroll, true);

    // A link may lead to what is folded.
    function unfold() {
        const name = decodeURIComponent(location.hash.slice(1));
        const target = document.getElementById(name);
        const folded = target?.closest("details:not([open])");
        if (!folded) return;
        folded.open = true;
        target.scrollIntoView();
    }

    unfold();
    addEventListener("hashchange", unfold);

    // Figures may come later.
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
        letScroll();
        wait();
    }

    function wait() {
        if (figures(document).some(isPending)) {
            setTimeout(() => renew().catch(wait), 3000);
        }
    }

    wait();
})();
