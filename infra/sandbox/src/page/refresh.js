for (const time of document.querySelectorAll("time")) {
  time.title = time.dateTime;
  time.textContent = new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  }).format(new Date(time.dateTime));
}
let seen;
const writing = () =>
  document.activeElement?.matches("input, textarea, iframe") ||
  [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue) ||
  document.querySelector("details[open]");
setInterval(async () => {
  const pulse = await fetch("/pulse").then((answer) => answer.text(), () => undefined);
  if (pulse === undefined) return;
  if (seen !== undefined && pulse !== seen && !writing()) location.reload();
  else seen ??= pulse;
}, 2000);
