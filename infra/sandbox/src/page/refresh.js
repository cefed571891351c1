for (const time of document.querySelectorAll("time")) {
  time.title = time.dateTime;
  time.textContent = new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  }).format(new Date(time.dateTime));
}
const writing = () =>
  document.activeElement?.matches("input, textarea, iframe") ||
  [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue) ||
  document.querySelector("details[open]");
// A page that is being left is not loaded anew: that would call back what its form sends.
let isLeaving = false;
addEventListener("submit", () => { isLeaving = true; });
// The state that was last shown outlives the page: what happens while the next one is on its way is not missed.
const SEEN = "pulse";
const look = async () => {
  const pulse = await fetch("/pulse").then((answer) => answer.text(), () => undefined);
  if (pulse === undefined || isLeaving) return;
  const seen = sessionStorage.getItem(SEEN) ?? pulse;
  const isNews = pulse !== seen;
  if (isNews && writing()) return;
  sessionStorage.setItem(SEEN, pulse);
  if (isNews) location.reload();
};
void look();
setInterval(look, 2000);
