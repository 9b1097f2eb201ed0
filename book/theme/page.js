// What every page does, wherever it is read.
(() => {
    // The first stop of the keyboard leads past the table of contents.
    const skip = Parts.element("a", { className: "skip", textContent: "Skip to content" });
    // The page for what is not there has a base elsewhere.
    skip.href = location.href.replace(/#.*|$/, "#mdbook-content");
    document.body.prepend(skip);

    // mdBook's button for the sidebar is a label; its search has none.
    const named = (name) => document.getElementById("mdbook-" + name) ?? {};
    Object.assign(named("sidebar-toggle"), { role: "button", tabIndex: 0 });
    named("searchbar").ariaLabel = "Search";
    const load = () => Parts.load("keys.js", "keys.css").catch(() => {});
    for (const name of ["focusin", "keydown"]) addEventListener(name, load, { once: true });

    // What scrolls can be scrolled by keyboard.
    function letScroll() {
        const boxes = "main :is(pre > :is(code, span), .drawing, .table-wrapper)";
        for (const box of document.querySelectorAll(boxes)) {
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

    // mdBook's bar finds its place at the second step upwards, and after
    // one leap it would stand in the middle.
    let before = scrollY;
    document.addEventListener("scroll", () => {
        const isLeap = before - scrollY > 50;
        before = scrollY;
        if (isLeap) document.dispatchEvent(new Event("scroll"));
    }, { passive: true });

    // On a phone, the contents are in the way of what was chosen there.
    named("sidebar-toggle").onclick = () => innerWidth > 620 || Parts.load("contents.js");

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

    // FastCGI's records can be looked at byte by byte.
    if (/BEGIN_REQUEST/.test(document.body.textContent)) {
        const load = () => Parts.load("records.js", "records.css");
        for (const name of ["pointerover", "focusin"]) addEventListener(name, load, { once: true });
    }

    // Few pages show Python, and far below.
    const blocks = document.querySelectorAll("code.language-python");
    const near = new IntersectionObserver((seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        near.disconnect();
        Parts.load("python.js").then(() => blocks.forEach((block) => hljs.highlightElement(block)));
    }, { rootMargin: "900px" });
    blocks.forEach((block) => near.observe(block));

    // Where a page was left, for the map.
    addEventListener("pagehide", () => {
        const last = [...document.querySelectorAll("main h2")]
            .findLast((title) => title.getBoundingClientRect().top < innerHeight / 2);
        const left = JSON.stringify([Date.now(), last?.id, last?.textContent]);
        try {
            localStorage.setItem("left:" + location.pathname, left);
        } catch {
            // Where nothing can be written, the map does not know.
        }
    });

    // The arrows at a page's end say where they lead to.
    for (const arrow of document.querySelectorAll(".mobile-nav-chapters")) {
        const there = [...document.querySelectorAll(".sidebar .chapter a")]
            .find(({ href }) => href === arrow.href);
        if (!there) continue;
        const which = arrow.rel === "prev" ? "Previous: " : "Next: ";
        arrow.ariaLabel = which + there.lastChild.textContent.trim();
        arrow.append(arrow.ariaLabel);
    }

    // Figures may come later.
    if (document.querySelector("figure.pending")) Parts.load("pending.js");
})();
