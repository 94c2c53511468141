import type { Delivery } from "rhea";

import { flush } from "./rhea.ts";

/**
 * Settles a delivery with an outcome other than accepted. rhea 3.0.5 joins the first two dispositions of a tick into one
 * although their outcomes differ, so a rejection right behind an acceptance would be told as accepted: what is pending is
 * written before and after.
 */
export function settleApart(delivery: Delivery, settle: (delivery: Delivery) => void): void {
  const { connection } = delivery.link;
  flush(connection);
  settle(delivery);
  flush(connection);
}
