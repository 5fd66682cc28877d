package classify

// Method numbers the way in which articles are placed. It is raised whenever the same topics may
// place the same article elsewhere, so that what is stored is placed anew; TestMethod tells when.
const Method = 2
