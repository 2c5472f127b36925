/* Inside DingTalk's government edition: its own script (window.dd) gives an auth code, which opens the door. Unverified
 * against the real messenger. Tried once a tab, so that whoever is refused comes to a page that waits for them. */
(() => {
  const form = document.getElementById("inside-dingtalk");
  const tried = "houqin-dingtalk-tried";
  if (!form || !window.dd?.getAuthCode || sessionStorage.getItem(tried)) return;
  sessionStorage.setItem(tried, "1");
  Promise.resolve(window.dd.getAuthCode({ corpId: form.dataset.tenant })).then(
    (given) => {
      const code = given?.code ?? given?.auth_code ?? given?.authCode;
      if (!code) return;
      form.elements.auth_code.value = code;
      form.requestSubmit();
    },
    () => {}, // no code: the QR page and the password are still there
  );
})();
