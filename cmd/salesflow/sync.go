package main

type directorySync struct{}
