// The template is a working package: its own tests run here from source, and its types are checked with this file's.
import "../template/src/my-sink.test.ts";
