// Package play lets a company live through some weeks by a seeded script, on replicas of the program and in the model at
// once, jumping from one moment at which something happens to the next, and compares whom the rules told of what.
package play
