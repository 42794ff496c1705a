// On a site of your own:
//   <script async src="https://billing.example.com/static/js/pricing_embed.js" data-table="spring_promo"></script>
// puts the pricing table where the script stands, as tall as it is.
// Optional: data-language="de", data-theme="light" or "dark", data-interval="year", data-currency="EUR".
(() => {
  const script = document.currentScript;
  const { table, title = "Pricing", ...given } = script.dataset;
  const address = new URL(`/embed/pricing/${encodeURIComponent(table)}/`, script.src);
  for (const name of ["language", "theme", "interval", "currency"]) {
    if (given[name]) address.searchParams.set(name, given[name]);
  }

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title;
  frame.width = "100%";
  frame.height = "900";
  frame.setAttribute("frameborder", "0");
  script.after(frame);

  window.addEventListener("message", ({ origin, source, data }) => {
    const isOurs = source === frame.contentWindow && origin === address.origin;
    if (isOurs && data?.type === "tallybook:pricing") frame.height = String(data.height);
  });
})();
