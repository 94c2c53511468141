/** Which api-versions the simulator knows; shorten a list to simulate an older host. */
export interface ApiVersions {
  /** For `/metadata/instance`, and the answer of `/metadata/versions`. */
  readonly instance: readonly string[];
  /** For `/metadata/scheduledevents`, whose list is another one. */
  readonly scheduledEvents: readonly string[];
}

/** The api-versions of the instance family, ascending (Azure docs: IMDS, supported API versions). */
export const instanceVersions: readonly string[] = [
  "2017-03-01",
  "2017-04-02",
  "2017-08-01",
  "2017-10-01",
  "2017-12-01",
  "2018-02-01",
  "2018-04-02",
  "2018-10-01",
  "2019-02-01",
  "2019-03-11",
  "2019-04-30",
  "2019-06-01",
  "2019-06-04",
  "2019-08-01",
  "2019-08-15",
  "2019-11-01",
  "2020-06-01",
  "2020-07-15",
  "2020-09-01",
  "2020-10-01",
  "2020-12-01",
  "2021-01-01",
  "2021-02-01",
  "2021-03-01",
  "2021-05-01",
  "2021-08-01",
  "2021-10-01",
  "2021-11-01",
  "2021-11-15",
  "2021-12-13",
  "2023-07-01",
  "2023-11-15",
  "2024-03-15",
  "2024-07-17",
  "2025-04-07",
];
