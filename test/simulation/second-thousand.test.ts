import { testSeeds } from "./hundreds.ts";

testSeeds(1001, 1000);
