package model

import "time"

// Person is a member of the company.
type Person struct {
	ID   int64
	Name string
	Role string
	// Boss is who they report to, 0 for nobody; Region is where they work, empty at the head office.
	Boss   int64
	Region string
	Hired  time.Time
}

type customer struct {
	id, owner int64
	class     string
	visited   time.Time // the last visit; when the customer was made before there is one
	visitor   int64     // whose it was, 0 before there is one
}

type contract struct {
	id, owner int64
	state     string // pending, returned, approved, rejected, withdrawn
	entered   time.Time
	turned    time.Time // since when it waits for those it waits for
	ends      time.Time
	turn      []int64   // who is to decide
	later     [][]int64 // the steps behind
}

type promise struct {
	id, owner int64
	due       time.Time
	open      bool
	source    string
}

type filing struct {
	id, person, customer int64
	state                string
	entered, filed       time.Time
	look                 time.Time // of a complaint: when it is looked at whether somebody went there
}

type fact struct {
	id, customer int64
	confirmed    time.Time
	asked        time.Time // the day it was asked about last
}

type absence struct {
	id, person, deputy int64
	from, until        time.Time
}

// Push is one thing said to one person: by rule and level of an incident about a record.
type Push struct {
	Rule    string
	Subject int64
	Level   int
	To      int64
	At      time.Time
}

// Task is a to-do a rule makes.
type Task struct {
	Rule    string
	Subject int64
	Owner   int64
	At      time.Time
}
