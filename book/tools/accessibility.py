"""accessibility.py -- axe's rules on every page, light and dark, wide and narrow; and that search, the
change of theme and the menu work by keyboard in a page opened from its folder. Run in the venv.

Prints a line for each rule that a page breaks, and last what was looked at; status 1 if any is broken.
"""
import glob
import importlib.util
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars"

# (width, theme, where axe looks, what for). Contrast takes most of the time; it does not depend on the
# width where nothing is laid out anew, and everything else does not depend on the theme. Of tables,
# listings and the reference, which are many times the same, the first ones of a page stand for all.
PAGE = ("{exclude: [['tr:nth-child(n+4)'], ['.file:nth-of-type(n+6)'], ['.listing:nth-of-type(n+12)'], "
        "['.index:nth-of-type(n+4)']]}")
FRAME = "{exclude: [['pre'], ['table'], ['.entry']]}"
CONTRAST = "{runOnly: ['color-contrast']}"
LAYOUT = "{rules: {'color-contrast': {enabled: false}}}"
LOOKS = [(1500, "light", PAGE, "{}"), (1500, "dark", PAGE, CONTRAST),
         (400, "light", PAGE, LAYOUT), (400, "dark", FRAME, CONTRAST)]
OLDER = [(400, "light", PAGE, LAYOUT)]  # the reference of stages 1 to 5 has the template of stage 6
RUN = """var done = arguments[arguments.length - 1];
axe.run(%s, %s).then(function (result) {
    done(result.violations.map(function (v) {
        return v.id + ": " + v.help + " (" + v.nodes.length + "x, " + v.nodes[0].target.join(" ") + ")";
    }));
}, function (error) { done(["axe: " + error]); });"""


def axe():
    """The text of axe, which a package for another driver carries; that driver is not needed."""
    package = importlib.util.find_spec("axe_playwright_python").origin
    with open(os.path.join(os.path.dirname(package), "axe.min.js"), encoding="utf-8") as file:
        return file.read()


def browser():
    options = Options()
    for flag in FLAGS.split():
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(240)
    return driver


def look(paths):
    """What is wrong with some pages, as lines."""
    driver, script, broken = browser(), axe(), []
    for path in paths:
        name = os.path.basename(path)
        driver.get("file://" + path)
        driver.execute_script(script)
        looks = OLDER if re.match(r"reference_[1-5]", name) else LOOKS
        for width, theme, where, rules in looks:
            driver.set_window_size(width, 900)
            driver.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
            broken += [f"{name}, {width} px, {theme}: {problem}"
                       for problem in driver.execute_async_script(RUN % (where, rules))]
            over = driver.execute_script(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                broken.append(f"{name}, {width} px: wider than the window by {over} px")
    driver.quit()
    return broken


def drive(site):
    """What does not work, as lines."""
    driver, wrong = browser(), []
    for query, page in (("region_take", "_bump.html"), ("wait-free", ".html"), ("superpag", ".html")):
        driver.get(f"file://{site}/index.html")
        body = driver.find_element(By.TAG_NAME, "body")
        body.send_keys("/")
        driver.switch_to.active_element.send_keys(query)
        results = driver.find_elements(By.CSS_SELECTOR, "#results li a")
        if not any(page in link.get_attribute("href") for link in results):
            wrong.append(f"search: {query!r} finds {[r.text for r in results]}")
            continue
        driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        if driver.current_url.endswith("index.html"):
            wrong.append(f"search: Enter does not open the result for {query!r}")
    theme = "return getComputedStyle(document.body).backgroundColor"
    before = driver.execute_script(theme)
    driver.find_element(By.ID, "theme").send_keys(Keys.ENTER)
    changed = driver.execute_script(theme)
    driver.refresh()
    if changed == before or driver.execute_script(theme) != changed:
        wrong.append(f"theme: {before}, then {changed}, and not kept")
    driver.set_window_size(400, 900)
    menu = driver.find_element(By.ID, "menu")
    menu.send_keys(Keys.ENTER)
    if not driver.find_element(By.ID, "sidebar").is_displayed():
        wrong.append("menu: does not open the contents on a narrow screen")
    driver.quit()
    return wrong


def main(site):
    pages = sorted(glob.glob(site + "/*.html"), key=os.path.getsize)
    with ThreadPoolExecutor() as pool:
        broken = sorted(sum(pool.map(look, [pages[0::2], pages[1::2]]), drive(site)))
    print("\n".join(broken), end="\n" * bool(broken))
    print(f"{len(pages)} pages")
    return bool(broken)


sys.exit(main(sys.argv[1]))
