{% load static %}/* Keeps the look at hand and shows the offline page; pages and data are never kept. */
const OFFLINE = "{% url 'offline' %}";
const FILES = [
  OFFLINE,
  "{% static 'vendor/tabler.css' %}", "{% static 'css/tokens.css' %}", "{% static 'css/base.css' %}",
  "{% static 'css/shell.css' %}", "{% static 'css/components.css' %}", "{% static 'css/lists.css' %}",
  "{% static 'css/forms.css' %}", "{% static 'css/portal.css' %}", "{% static 'icons.svg' %}", "{% static 'icons/mark.svg' %}",
  "{% static 'icons/chevron.svg' %}",
];
const CACHE = "houqin-" + FILES.join("").split("").reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
