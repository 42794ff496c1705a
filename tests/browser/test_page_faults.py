"""What looks for faults in pages finds them."""

from playwright.sync_api import Page

from tests.support.page_faults import list_page_faults

PAGE = """data:text/html,<!doctype html><html lang="en"><head><title>A page</title><style>
  :root {{ color-scheme: light dark }}
  @media (prefers-color-scheme: dark) {{ body {{ color: %23222; background: %23111 }} }}
</style></head><body><main><h1>A page</h1><p>Words</p>{more}</main></body></html>"""


def test_a_fault_is_found_where_it_is(page: Page) -> None:
    wide = "<div style='width: 600px'>wide</div><img src='data:,'>"
    found = list_page_faults(page, PAGE.format(more=wide))

    assert [fault.partition("</html>: ")[2].partition(": <")[0] for fault in found] == [
        "1280 px: light: image-alt",
        "1280 px: dark: color-contrast",
        "390 px: light: image-alt",
        "390 px: dark: color-contrast",
        "390 px: wider than the window",
    ]
