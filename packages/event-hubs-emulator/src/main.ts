process.stdout.write("being built\n");
