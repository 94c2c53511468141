import { testSeeds } from "./hundreds.ts";

testSeeds(1, 1000);
