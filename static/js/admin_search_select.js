// What select2 draws in place of a select has no name: it gets that of the field, once it is drawn.
function nameThem() {
  for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.parentElement.querySelector(".select2-selection");
    if (!label || !drawn) continue;
    label.id ||= `label_of_${select.id}`;
    const shown = drawn.querySelector(".select2-selection__rendered");
    drawn.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
    shown.setAttribute("aria-labelledby", label.id);
  }
}

window.addEventListener("load", () => django.jQuery(nameThem));
