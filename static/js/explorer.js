// Swagger with the key of this page filled in. The key is kept nowhere else.
const place = document.getElementById("swagger-ui");

const explorer = SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  onComplete: () => explorer.preauthorizeApiKey("bearer", place.dataset.key),
});
