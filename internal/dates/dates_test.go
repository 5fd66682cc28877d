package dates

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"04 Mar 25 1506 GMT":                                    "2025-03-04T15:06:00Z",
		"Tue, 04 Mar 2025 05:06:07 +3000":                       "2025-03-04T05:06:07Z",
		"2025-03-04T05:06:07Z":                                  "2025-03-04T05:06:07Z",
		"“2025-03-04”":                                          "2025-03-04T00:00:00Z",
		"04/mar/2025 18:30":                                     "2025-03-04T18:30:00Z",
		"2025.03.04 18:30":                                      "2025-03-04T18:30:00Z",
		"2025-Mar-04":                                           "2025-03-04T00:00:00Z",
		"2025-03":                                               "2025-03-01T00:00:00Z",
		"20250304T183000Z":                                      "2025-03-04T18:30:00Z",
		"2025-03-04T18:30:00.000+00:00Z":                        "2025-03-04T18:30:00Z",
		"4 maart 2025":                                          "2025-03-04T00:00:00Z",
		"27. des. 2025":                                         "2025-12-27T00:00:00Z",
		"Desde 4/3/2025 desde 27/12/2025":                       "",
		"4 marca 2025":                                          "2025-03-04T00:00:00Z",
		"5 paź 2025":                                            "2025-10-05T00:00:00Z",
		"Вт, 4 марта 2025 05:06":                                "2025-03-04T05:06:00Z",
		"Τρί, 04 Μάι 2025 5:06 μ.μ.":                            "2025-05-04T17:06:00Z",
		"2025-július-13T9:15-05:00":                             "2025-07-13T14:15:00Z",
		"2025年3月4日 下午6:30":                                      "2025-03-04T18:30:00Z",
		"2025년 03월 04일 01:31:15":                                "2025-03-04T01:31:15Z",
		"2025-03-04 오후 11:23:17":                                "2025-03-04T23:23:17Z",
		"Tue, 04 Mar 2025 05:06:07 America/Mexico_City":         "2025-03-04T11:06:07Z",
		"Tue, 04 Mar 2025 05:06:07 AT":                          "2025-03-04T09:06:07Z",
		"March 4, 2025 5:06 pm at home":                         "2025-03-04T17:06:00Z",
		"2025-03-04T05:06:07.25-06:00":                          "2025-03-04T11:06:07.25Z",
		"2025-03-04T05:06:07-0600":                              "2025-03-04T11:06:07Z",
		"2025-03-04T05:06Z":                                     "2025-03-04T05:06:00Z",
		"2025-03-04T05:06:07":                                   "2025-03-04T05:06:07Z",
		"2025-03-04 05:06:07":                                   "2025-03-04T05:06:07Z",
		"2025-03-04 05:06:07 -0600":                             "2025-03-04T11:06:07Z",
		"2025/03/04":                                            "2025-03-04T00:00:00Z",
		" 2025-03-04\n":                                         "2025-03-04T00:00:00Z",
		"Tue, 04 Mar 2025 05:06:07 -0600":                       "2025-03-04T11:06:07Z",
		"Tue, 04 Mar 2025 05:06:07 +01:00":                      "2025-03-04T04:06:07Z",
		"Tue, 04 Mar 2025 05:06:07 GMT":                         "2025-03-04T05:06:07Z",
		"Tue, 4 Mar 2025 05:06 CST":                             "2025-03-04T11:06:00Z",
		"Tue, 4 Mar 2025 05:06:07 GMT+0100":                     "2025-03-04T04:06:07Z",
		"Tue, 4 Mar 2025 05:06:07GMT":                           "2025-03-04T05:06:07Z",
		"Tue, 4 Mar 2025 24:00:00 GMT":                          "",
		"04 Mar 25 05:06 EST":                                   "2025-03-04T10:06:00Z",
		"Tuesday, 04-Mar-25 05:06:07 UTC":                       "2025-03-04T05:06:07Z",
		"Tue Mar  4 05:06:07 2025":                              "2025-03-04T05:06:07Z",
		"March 4, 2025 5:06 pm":                                 "2025-03-04T17:06:00Z",
		"March 4th, 2025, 12:06am":                              "2025-03-04T00:06:00Z",
		"4 March 2025":                                          "2025-03-04T00:00:00Z",
		"mar, 04 mar 2025 05:06:07 -0600":                       "2025-03-04T11:06:07Z",
		"Miércoles, 5 de marzo de 2025":                         "2025-03-05T00:00:00Z",
		"3 de septiembre de 2025 a las 9:30":                    "2025-09-03T09:30:00Z",
		"jue, 01 ene 2026 00:00:00 +0000":                       "2026-01-01T00:00:00Z",
		"Fri, 11/27/2026 - 18:26":                               "2026-11-27T18:26:00Z",
		"Friday, November 27, 2026 - 18:26":                     "2026-11-27T18:26:00Z",
		"27-11-2026 18:26:10":                                   "2026-11-27T18:26:10Z",
		"27.11.2026 18:26":                                      "2026-11-27T18:26:00Z",
		"05.11.2026":                                            "2026-11-05T00:00:00Z",
		"5/11/2026 9:00:00 AM":                                  "2026-05-11T09:00:00Z",
		"5/11/2026 9:00":                                        "",
		"13/13/2026":                                            "",
		"27 de noviembre de 2026, 18:26 hrs":                    "2026-11-27T18:26:00Z",
		"Fri, 27 Nov 2026 18:00:00 ART":                         "2026-11-27T21:00:00Z",
		"Fri, 27 Nov 2026 18:00:00 MSK":                         "2026-11-27T15:00:00Z",
		"Fri, 27 Nov 2026 18:30:00 IST":                         "2026-11-27T13:00:00Z",
		"Fri, 27 Nov 2026 18:26:00 CT":                          "2026-11-28T00:26:00Z",
		"Fri, 10 Jul 2026 18:26:00 CT":                          "2026-07-10T23:26:00Z",
		"Sun, 8 Mar 2026 01:59:59 ET":                           "2026-03-08T06:59:59Z",
		"Sun, 8 Mar 2026 03:00:00 ET":                           "2026-03-08T07:00:00Z",
		"Fri, 27 Nov 2026 18:00:00 XYZT":                        "2026-11-27T18:00:00Z",
		"2026-07-10T18:26:00[America/New_York]":                 "2026-07-10T22:26:00Z",
		"Publicado el 27 de noviembre de 2026 a las 6:26 p. m.": "2026-11-27T18:26:00Z",
		"27 nov. 2026 18h30":                                    "2026-11-27T18:30:00Z",
		"27 novembre 2026 à 18h":                                "2026-11-27T18:00:00Z",
		"27/11/2026 18.26 hrs":                                  "2026-11-27T18:26:00Z",
		"27/11/26 18:26h":                                       "2026-11-27T18:26:00Z",
		"1er août 2026":                                         "2026-08-01T00:00:00Z",
		"Montag, 2. März 2026 09:00 Uhr":                        "2026-03-02T09:00:00Z",
		"terça-feira, 3 de fevereiro de 2026":                   "2026-02-03T00:00:00Z",
		"20261127":                                              "2026-11-27T00:00:00Z",
		"20261127182600":                                        "2026-11-27T18:26:00Z",
		"1795803960":                                            "2026-11-27T18:26:00Z",
		"1795803960000":                                         "2026-11-27T18:26:00Z",
		"2026-11-27T18:26:00-06:00[America/Mexico_City]":        "2026-11-28T00:26:00Z",
		"0001-01-01T00:00:00Z":                                  "0001-01-01T00:00:00Z",
		"3000-01-01":                                            "3000-01-01T00:00:00Z",
		"":                                                      "",
		"Tue, 2025-03-04":                                       "2025-03-04T00:00:00Z",
		"yesterday":                                             "",
		"03/04/05":                                              "",
		"31 Feb 2025":                                           "",
		"2025":                                                  "",
		"March 2025":                                            "",
		"12:30":                                                 "",
		"4 Mar 2025 99:00":                                      "",
		"4 Mar 2025 10:00 +9999":                                "2025-03-04T10:00:00Z",
		"4 Mar 2025 and more":                                   "2025-03-04T00:00:00Z",
		"2025-13-45":                                            "",
		strings.Repeat("2025 ", 100):                            "",
	} {
		got := ""
		if d := Parse(text); !d.IsZero() || strings.HasPrefix(text, "0001") {
			got = d.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What a date leaves open is told by the language and the other dates of its document.
func TestDatesOfADocument(t *testing.T) {
	for _, test := range []struct{ lang, others, date, want string }{
		{"es", "", "5/11/2026 9:00", "2026-11-05"},
		{"es-MX", "", "5/11/2026 9:00", "2026-11-05"},
		{"en", "", "5/11/2026 9:00", "2026-05-11"},
		{"en-US", "", "5/11/2026 9:00", "2026-05-11"},
		{"en-GB", "", "5/11/2026 9:00", "2026-11-05"},
		{"", "", "5/11/2026 9:00", ""},
		{"", "", "5/11/2026 9:00:00 PM", "2026-05-11"},
		{"", "<pubDate>27/11/2026 10:00</pubDate>", "5/11/2026 9:00", "2026-11-05"},
		{"es", "<pubDate>Fri, 11/27/2026 - 10:00</pubDate>", "5/11/2026 9:00", "2026-05-11"},
		{"en", "<dc:date><![CDATA[27/11/2026]]></dc:date>", "5/11/2026 9:00 PM", "2026-11-05"},
		{"en", "<p>27/11/2026</p>", "5/11/2026 9:00", "2026-05-11"},
		{"", "<pubDate>Fri, 27 Nov 2026 10:00:00 -0600</pubDate>", "26 Nov 2026 20:00 HCM", "2026-11-27"},
		{"", "<pubDate>Fri, 27 Nov 2026 10:00:00 -0600</pubDate>", "26 Nov 2026 20:00 GMT", "2026-11-26"},
	} {
		d := Reader{Text: []byte(test.others), Lang: test.lang}
		got := ""
		if at := d.Date(test.date); !at.IsZero() {
			got = at.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%s beside %q in %q: %q, want %q", test.date, test.others, test.lang, got, test.want)
		}
	}
}

func TestReadWordsFaults(t *testing.T) {
	for text, want := range map[string]string{
		"# x\nmonth 1\n":           `words/x.txt:2: ["month" "1"]: want three words`,
		"month one ene":            "words/x.txt:1: ",
		"month 1 mar\nmonth 3 már": `words/x.txt:2: "mar": begins month 1 and month 3`,
		"zone est five":            "words/x.txt:1: ",
		"season est -5\n":          `words/x.txt:1: "season": want month, half, zone or american`,
	} {
		_, err := readWords(fstest.MapFS{"words/x.txt": {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Every name is told by itself, whatever the others are.
func TestEveryMonthIsFound(t *testing.T) {
	for name, month := range known().months {
		if got := known().monthOf(strings.ToUpper(strings.TrimSuffix(name, "."))); got != int(month) {
			t.Errorf("%q: month %d, want %d", name, got, month)
		}
	}
}
