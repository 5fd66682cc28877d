// Package score measures how well articles are placed: it reads labelled items, has each of them
// placed, and counts. It places nothing itself, reads no files, and knows topics by name only.
//
// # What is counted
//
// Each item is right or wrong in each topic by itself. Precision is the share of right ones among
// those placed, recall among those labelled, F1 = 2TP / (2TP + FP + FN), support the number of
// those labelled. A figure with nothing to divide by is 0; a topic or a language that no item is
// labelled with or placed in has none. Those of a language are micro-averaged: pooled over topics.
// The macro average is the plain mean of the figures of the topics that have any.
//
// # Intervals
//
// Intervals are Wilson's for 95 %. That of F1 is the one of J = TP / (TP + FP + FN), whose
// monotone function it is: F1 = 2J / (1 + J). Items of one story are not independent, so the
// number of observations is Kish's effective one, n² / Σ nₛ² over the stories s, as if all items
// of a story went the same way. Unlike a bootstrap's, such an interval does not shrink to a point
// when a small sample has no fault. The macro average's bounds are the means of the topics'
// bounds, which is wider than it need be.
//
// # Stories
//
// Two items tell one story when their titles, in the same language, are alike: of the words of
// four letters and more (case and accents folded) they share three or more, and at least half of
// those of the title that has fewer; or when all their words are the same. What is alike to one
// that is alike belongs to the story too. Cross-validation never parts a story.
package score
