/* book.js -- light or dark, and the menu on narrow screens. Loaded first, so that nothing flashes. */
(function () {
    var root = document.documentElement, key = "bitslab-theme";
    function stored() {
        try { return localStorage.getItem(key); } catch (error) { return null; }
    }
    if (stored()) root.setAttribute("data-theme", stored());
    document.addEventListener("DOMContentLoaded", function () {
        document.getElementById("theme").addEventListener("click", function () {
            var dark = root.getAttribute("data-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
            var next = dark === "dark" ? "light" : "dark";
            root.setAttribute("data-theme", next);
            try { localStorage.setItem(key, next); } catch (error) { /* only this page, then */ }
        });
        var menu = document.getElementById("menu");
        menu.addEventListener("click", function () {
            var open = document.body.classList.toggle("menu-open");
            menu.setAttribute("aria-expanded", String(open));
            if (open) window.scrollTo(0, 0);
        });
        var here = document.querySelector("#sidebar [aria-current]"), side = document.getElementById("sidebar");
        if (here && side.scrollHeight > side.clientHeight) side.scrollTop = here.offsetTop - 120;
    });
})();
