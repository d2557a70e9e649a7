// Package evidence is the record of an approval as it is handed out on paper (审批单): the rows of the trace that make it,
// each with the proof that it is in the Merkle log, and the signed checkpoint they are proved against. Everything the
// paper says is read from the sealed rows and from nothing else, so whoever has the record can make the paper again and
// hold it against the one they were given. The package knows neither databases nor chats.
package evidence
