/** A moment (epoch milliseconds) as people here write it, to the second: `2026-11-28 06:45:12`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** The same, without the day where it is that of `now`: `06:45:12`. */
export function shortTime(at: number, now: number): string {
  const [day = "", time = ""] = localTime(at).split(" ");
  return localTime(now).startsWith(day) ? time : `${day} ${time}`;
}
