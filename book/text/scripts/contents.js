// On a phone the contents are closed by what is chosen there, and by a
// tap on the page beside them, which is for nothing else.
(() => {
    const opener = document.getElementById("mdbook-sidebar-toggle-anchor");
    addEventListener("click", (event) => {
        const { target } = event;
        if (!opener.checked || innerWidth > 620 || target === opener) return;
        if (target.closest(".sidebar, #mdbook-menu-bar")) {
            if (target.closest(".sidebar a")) opener.click();
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        opener.click();
    }, true);
})();
