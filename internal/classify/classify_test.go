package classify_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// topic makes a topic of threshold 6 and title weight 3 from its terms.
func topic(terms ...news.Term) news.Topic {
	return news.Topic{ID: "t", Threshold: 6, TitleWeight: 3, Terms: terms}
}

// one is a term of any language and weight 1.
func one(text string) news.Term { return news.Term{Text: text, Weight: 1} }

// compile compiles topics that are known to be good.
func compile(t testing.TB, topics ...news.Topic) *classify.Classifier {
	t.Helper()
	c, err := classify.New(topics)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// words is n words that no topic knows.
func words(n int) string { return strings.Repeat("lorem ", n) }

// body is the passages of a text: a line each, headings marked with #.
func body(text string) []news.Passage {
	var list []news.Passage
	for line := range strings.Lines(text) {
		heading, found := strings.CutPrefix(line, "#")
		list = append(list, news.Passage{Heading: found, Text: heading})
	}
	return list
}

func TestMatching(t *testing.T) {
	caps := topic(one("US"), one("us border patrol"), one("U.S.A."))
	for _, test := range []struct {
		name  string
		topic news.Topic
		lang  string
		text  string
		want  float64
	}{
		{"whole word", topic(one("cartel")), "en", "cartelization", 0},
		{"case", topic(one("Border Patrol")), "en", "the BORDER patrol", 1},
		{"accents", topic(one("Cártel de Juárez")), "es", "el cartel de Juarez", 1},
		{"accents apart", topic(one("Juárez")), "es", "Jua\u0301rez", 1},
		{"eñe", topic(one("Peña Nieto")), "es", "PEÑA NIETO, Pena Nieto", 1.5},
		{"plural", topic(one("cartel")), "en", "cartels", 1},
		{"plural in -es", topic(one("arancel")), "es", "los aranceles", 1},
		{"plural in -ies", topic(one("border policy")), "en", "border policies", 1},
		{"no plural", topic(one("crisi")), "en", "crisis", 0},
		{"apostrophe-s", topic(one("Mexico tariffs")), "en", "Mexico’s tariffs", 1},
		{"quoted", topic(one("El Mayo")), "es", "“El Mayo”, ‘El Mayo’, «El Mayo» y \"El Mayo\"", 1.88},
		{"apostrophe inside", topic(one("Tohono O'odham")), "en", "Tohono O’odham", 1},
		{"quoted word inside", topic(one("las maras salvadoreñas")), "es", "las “maras” salvadoreñas", 1},
		{"dash", topic(one("us mexico border")), "en", "the US–Mexico border", 1},
		{"capitals with accents apart", topic(one("tráfico")), "es", "TRA\u0301FICO", 1},
		{"hyphens", topic(one("T-MEC")), "es", "el T\u2011MEC", 1},
		{"initials", caps, "en", "the U.S. said", 1},
		{"capitals", caps, "en", "it told us", 0},
		{"capitals not asked for", topic(one("usmca")), "en", "the USMCA", 1},
		{"longer before capitals", caps, "en", "US Border Patrol", 1},
		{"initials of three", caps, "en", "in the USA and the U.S.A.", 1.5},
		{"abbreviation", topic(one("ee uu")), "es", "en EE. UU. y EE.UU.", 1.5},
		{"title of office", topic(one("gov abbott")), "en", "Gov. Abbott", 1},
		{"comma", topic(one("laredo texas")), "en", "Laredo, Texas", 0},
		{"comma in both", topic(one("Laredo, Texas")), "en", "in Laredo, Texas", 1},
		{"hyphen over a comma", topic(one("Texas-Mexico")), "en", "from Texas, Mexico says", 0},
		{"comma in a number", topic(one("1,500 migrants")), "en", "1,500 migrants", 1},
		{"dash", topic(one("mexico deal")), "en", "Mexico – deal", 0},
		{"names have no plural", topic(one("Zetas")), "es", "el semanario ZETA", 0},
		{"nor a singular", topic(one("Zeta")), "es", "los Zetas", 0},
		{"English keeps its e", topic(one("plan")), "en", "a plane, two planes", 0},
		{"Spanish plural in -es", topic(one("plan")), "es", "los planes", 1},
		{"plural of -e", topic(one("drone")), "en", "drones", 1},
		{"plural after a hiss", topic(one("crash")), "en", "crashes", 1},
		{"sentence", topic(one("mexico border")), "en", "in Mexico. Border towns", 0},
		{"line", topic(one("mexico border")), "en", "Mexico\nborder", 0},
		{"end of the text", topic(one("border wall")), "en", "the border", 0},
		{
			"longest", topic(one("cartel"), one("sinaloa cartel"), one("sinaloa")), "en",
			"the Sinaloa cartel", 1,
		},
		{"overlap", topic(one("us mexico"), one("mexico border")), "en", "US Mexico border", 1},
		{"hidden", topic(one("mexico"), news.Term{Text: "new mexico"}), "en", "New Mexico", 0},
		{
			"against", topic(one("mexico"), news.Term{Text: "gulf of mexico", Weight: -2}), "en",
			"Gulf of Mexico, Mexico", -1,
		},
		{"its language", topic(news.Term{Text: "muro", Lang: "es", Weight: 1}), "es-MX", "muro", 1},
		{"other language", topic(news.Term{Text: "muro", Lang: "es", Weight: 1}), "en", "muro", 0},
		{"third language", topic(news.Term{Text: "muro", Lang: "es", Weight: 1}), "it", "muro", 0},
		{"unknown language", topic(news.Term{Text: "muro", Lang: "es", Weight: 1}), "", "muro", 1},
		{"other alphabet", topic(one("граница")), "ru", "ГРАНИЦА", 1},
		{"broken text", topic(one("border")), "en", "bor\xffder \xc3border", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := news.Article{Lang: test.lang, Summary: test.text}
			got := compile(t, test.topic).Explain(a, nil, nil)[0]
			if got.Score != test.want {
				t.Errorf("score is %v: want %v\n%v", got.Score, test.want, got.Evidence)
			}
		})
	}
}

func TestCounting(t *testing.T) {
	pair := topic(news.Term{Text: "new mexico"})
	pair.Groups = []news.Group{
		{Name: "us", Words: []news.Word{{Text: "trump"}, {Text: "usmca"}}},
		{Name: "mexico", Words: []news.Word{{Text: "mexico"}, {Text: "usmca"}}},
	}
	pair.Together = []news.Together{{All: []string{"us", "mexico"}, Weight: 2}}
	border := topic(one("border"))
	for _, test := range []struct {
		name    string
		topic   news.Topic
		article news.Article
		text    string
		want    float64
	}{
		{"title", border, news.Article{Title: "border"}, "", 3},
		{"summary", border, news.Article{Summary: "border"}, "", 1},
		{"body", border, news.Article{}, "border", 1},
		{"heading", border, news.Article{}, "#border", 3},
		{"summary that is the text", border, news.Article{Summary: "The border is…"}, "The border is shut.", 1},
		{
			"summary across passages", border,
			news.Article{Summary: "The border. It is shut…"},
			"#Now\nThe border.\n#Then\nIt is shut today.", 1,
		},
		{"summary of its own", border, news.Article{Summary: "The border was"}, "The border is shut.", 1.5},
		{"summary that says more", border, news.Article{Summary: "The border is shut"}, "The border", 1.5},
		{"halved", border, news.Article{Title: "border", Summary: "border border"}, "border", 3.88},
		{"deep", border, news.Article{}, words(199) + "border", .5},
		{"end of the opening", border, news.Article{}, words(99) + "border", 1},
		{"deep heading", border, news.Article{}, words(199) + "\n#border", 1.5},
		{
			"deeper heading of a section", border,
			news.Article{},
			words(399) + "\n#border\n" + words(30), 3,
		},
		{
			"deeper heading of a list", border,
			news.Article{},
			words(399) + "\n#border\n" + strings.Repeat("lorem ipsum\n", 12), 3,
		},
		{"deeper heading of a link", border, news.Article{}, words(399) + "\n#border\n" + words(3), .75},
		{"one of many headings", border, news.Article{}, words(399) + "\n#border\n#lorem\n" + words(30), .75},
		{"depth of each", border, news.Article{Summary: words(199) + "border"}, "border", 1},
		{"pair in the title", pair, news.Article{Title: "Trump on Mexico"}, "", 6},
		{"pair in title and body", pair, news.Article{Title: "Mexico"}, "Trump", 4},
		{"pair in the body", pair, news.Article{}, "Mexico\nTrump", 2},
		{"pair of one word", pair, news.Article{Summary: "USMCA"}, "", 2},
		{"pair too far apart", pair, news.Article{}, "Mexico" + words(200) + "\nTrump", 0},
		{"pair in a list", pair, news.Article{}, words(198) + "\nMexico\n\nTrump", 1},
		{"pair across a heading", pair, news.Article{}, words(198) + "\nMexico\n#Trump", 0},
		{
			"pair in a long paragraph", pair,
			news.Article{},
			words(178) + ". Mexico" + words(70) + ". Trump", 0,
		},
		{"pair below a heading", pair, news.Article{}, words(198) + "\n#Mexico\nTrump", 2},
		{
			"pair twice", pair,
			news.Article{Title: "Trump, Mexico"},
			words(197) + "\nTrump in Mexico", 6.5,
		},
		{"half a pair", pair, news.Article{Title: "Trump"}, "", 0},
		{"hidden half", pair, news.Article{Title: "Trump in New Mexico"}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := compile(t, test.topic).Explain(test.article, nil, body(test.text))[0]
			if math.Abs(got.Score-test.want) > .02 {
				t.Errorf("score is %v: want %v\n%v", got.Score, test.want, got.Evidence)
			}
		})
	}
}

func TestEvidence(t *testing.T) {
	rules := topic(
		news.Term{Text: "Border Patrol", Weight: 2},
		news.Term{Text: "Migrants", Weight: 1},
		news.Term{Text: "Ukraine", Weight: -1.5},
	)
	rules.Groups = []news.Group{
		{Name: "border", Words: []news.Word{{Text: "border"}}},
		{Name: "people", Words: []news.Word{{Text: "migrants"}}},
	}
	rules.Together = []news.Together{{All: []string{"border", "people"}, Weight: 1}}
	a := news.Article{
		Source: "wire", Lang: "en", Title: "Border patrol finds migrants",
		Summary: "The migrants were found, the border patrol said.",
	}
	want := []news.Placement{{Topic: "t", Score: 12.5, Threshold: 6, Evidence: []news.Evidence{
		{Term: "Border Patrol", Place: "title", Count: 1, Weight: 6},
		{Term: "Migrants", Place: "title", Count: 1, Weight: 3},
		{Term: "border + people (border, migrants)", Place: "title", Count: 1, Weight: 3},
		{Term: "Ukraine", Place: "body", Count: 1, Weight: -1.5},
		{Term: "Border Patrol", Place: "summary", Count: 1, Weight: 1},
		{Term: "Border Patrol", Place: "body", Count: 1, Weight: .5},
		{Term: "Migrants", Place: "summary", Count: 1, Weight: .5},
	}}}
	text := body("Not in Ukraine: border patrol.")
	if diff := cmp.Diff(want, compile(t, rules).Place(a, nil, text)); diff != "" {
		t.Error(diff)
	}
}

func TestFixedBySource(t *testing.T) {
	other := topic(one("border"))
	other.ID = "other"
	c := compile(t, topic(one("border"), one("wall")), other)
	a := news.Article{Source: "desk", Title: "Border"}
	want := []news.Placement{{Topic: "t", Score: 6, Threshold: 6, Evidence: []news.Evidence{
		{Term: "border", Place: "title", Count: 1, Weight: 3},
		{Term: "desk", Place: "source", Count: 1, Weight: 3},
	}}}
	if diff := cmp.Diff(want, c.Place(a, []string{"t", "unheard-of"}, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name   string
		topics []news.Topic
		want   string
	}{
		{"no threshold", []news.Topic{{ID: "t", TitleWeight: 1}}, "threshold is 0"},
		{"no title weight", []news.Topic{{ID: "t", Threshold: 1}}, "title_weight is 0"},
		{"not a number", []news.Topic{topic(news.Term{Text: "a", Weight: math.NaN()})}, "no weight"},
		{"two of one id", []news.Topic{topic(), topic()}, "two of this id"},
		{"no word", []news.Topic{topic(one(" - "))}, "no word in it"},
		{"two sentences", []news.Topic{topic(one("Border! Patrol"))}, "end of a sentence"},
		{"twice", []news.Topic{topic(one("cártel"), one("cartels"))}, `says the same as "cártel"`},
		{"twice as a name", []news.Topic{topic(one("Cártel"), one("Cartel"))}, `says the same`},
		{"unknown anchor", []news.Topic{{
			ID: "t", Threshold: 1, TitleWeight: 1, Anchors: []string{"a"},
		}}, `anchors: there is no group named "a"`},
		{"unknown group", []news.Topic{{
			ID: "t", Threshold: 1, TitleWeight: 1,
			Together: []news.Together{{All: []string{"a", "b"}}},
		}}, `no group named "b"`},
		{"lonely group", []news.Topic{{
			ID: "t", Threshold: 1, TitleWeight: 1,
			Groups:   []news.Group{{Name: "a"}},
			Together: []news.Together{{All: []string{"a"}}},
		}}, "two groups or more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := classify.New(test.topics)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v: want one with %q", err, test.want)
			}
			if news.KindOf(err) != news.Invalid {
				t.Errorf("kind is %v: want invalid", news.KindOf(err))
			}
		})
	}
}

// TestConcurrent has many goroutines share a classifier, as sources do.
func TestConcurrent(t *testing.T) {
	list := topics(t)
	c := compile(t, list...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, topic := range list {
				for _, e := range topic.Match {
					if !explain(c, e)[i].Placed {
						t.Errorf("%s: %q is not placed", topic.ID, e.Title)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestAllThree places the kind of article that mixes all three topics.
func TestAllThree(t *testing.T) {
	text := body(`Mexico’s government turned down an offer of American troops on Friday.
“We work together, and nobody comes in,” the president said of the drug cartels.
# What it means
A group on the terror list may be fought by other means, lawyers in Washington say.
# At the border
Crossings at the southern border are down, the U.S. ambassador in Mexico said.`)
	a := news.Article{Title: "Mexico says no to U.S. troops against cartels", Lang: "en"}
	var got []string
	for _, p := range compile(t, topics(t)...).Place(a, nil, text) {
		got = append(got, p.Topic)
	}
	if want := []string{"border", "cartels", "us-mexico"}; !slices.Equal(got, want) {
		t.Errorf("placed in %v: want %v", got, want)
	}
}
