package keys

// The actions.
const (
	GoSetup    Action = "setup"
	GoDecks    Action = "decks"
	GoShip     Action = "ship-screen"
	Help       Action = "help"
	Palette    Action = "palette"
	Filter     Action = "filter"
	Back       Action = "back"
	Open       Action = "open"
	Namespaces Action = "namespaces"
	AllSpaces  Action = "all-namespaces"
	Tasks      Action = "tasks"
	Commands   Action = "command-log"
	Explain    Action = "explain"
	Quit       Action = "quit"

	OtherDeck   Action = "other-deck"
	Up          Action = "up"
	Down        Action = "down"
	Top         Action = "top"
	Bottom      Action = "bottom"
	PageUp      Action = "page-up"
	PageDown    Action = "page-down"
	LogsOf      Action = "logs"
	YAMLOf      Action = "yaml"
	WhyOf       Action = "why"
	Describe    Action = "describe"
	ShellIn     Action = "shell"
	AttachTo    Action = "attach"
	CopyFiles   Action = "copy-files"
	CopyFact    Action = "copy-fact"
	Restart     Action = "restart"
	StartStop   Action = "start-stop"
	Remove      Action = "remove"
	ScaleUp     Action = "scale-up"
	ScaleDown   Action = "scale-down"
	ScaleTo     Action = "scale-to"
	SortLeft    Action = "sort-left"
	SortRight   Action = "sort-right"
	SortReverse Action = "sort-reverse"
	Mark        Action = "mark"
	SameImage   Action = "same-image"
	Upward      Action = "upward"
	GoBack      Action = "go-back"
	Related     Action = "related"
	Pause       Action = "pause"
	Kill        Action = "kill"
	Pull        Action = "pull"
	Contexts    Action = "contexts"
	NextList    Action = "next-list"
	PrevList    Action = "previous-list"
	System      Action = "system-rows"
	OnlyBad     Action = "only-unhealthy"
	Fold        Action = "fold"
	Build       Action = "build"
	Push        Action = "push"
	Deploy      Action = "deploy"
	ShipAll     Action = "ship"

	Follow     Action = "follow"
	Wrap       Action = "wrap"
	Timestamps Action = "timestamps"
	Only       Action = "only"
	Since      Action = "since"
	JSON       Action = "json"
	Previous   Action = "previous"
	Containers Action = "containers"
	Save       Action = "save"
	PutMark    Action = "put-mark"
	Clear      Action = "clear"
	Uncover    Action = "uncover"
	CopyAll    Action = "copy-all"
	ScrollLeft Action = "scroll-left"
	ScrollOn   Action = "scroll-right"
	NextMatch  Action = "next-match"
	PrevMatch  Action = "previous-match"
	NextTab    Action = "next-tab"
	PrevTab    Action = "previous-tab"
	ZoomDetail Action = "zoom"

	Refresh Action = "refresh"
	Fix     Action = "fix"
	Undo    Action = "undo"
	Copy    Action = "copy"
	Run     Action = "run"
	Cancel  Action = "cancel"
	Release Action = "release"

	GiveLogin Action = "give-login"
)

func defaults() []Binding {
	return []Binding{
		{GoSetup, Everywhere, []string{"1"}, "setup", "Setup: what is wrong and how to mend it"},
		{GoDecks, Everywhere, []string{"2"}, "decks", "Decks: containers and pods side by side"},
		{GoShip, Everywhere, []string{"3"}, "ship", "Ship: plan, build, push, deploy, verify"},
		{Help, Everywhere, []string{"?"}, "help", "Help for where you are"},
		{Palette, Everywhere, []string{":", "ctrl+p"}, "palette", "Every action by name"},
		{Filter, Everywhere, []string{"/"}, "filter", "Filter: words, !not, ~fuzzy, re:…, label=…, is:bad"},
		{Back, Everywhere, []string{"esc"}, "back", "Back out"},
		{Open, Everywhere, []string{"enter"}, "open", "Open what is selected"},
		{Contexts, Everywhere, []string{"c"}, "contexts", "Choose a Docker context or a cluster"},
		{Namespaces, Everywhere, []string{"n"}, "namespace", "Choose a namespace (0: all)"},
		{Tasks, Everywhere, []string{"t"}, "tasks", "Running and finished tasks; cancel one"},
		{Commands, Everywhere, []string{"$"}, "commands", "The commands that would have done the same"},
		{Explain, Everywhere, []string{"E"}, "explain", "Explain a pasted error"},
		{Quit, Everywhere, []string{"q", "ctrl+c"}, "quit", "Leave"},
		{Up, Everywhere, []string{"k", "up"}, "up", "Up one row"},
		{Down, Everywhere, []string{"j", "down"}, "down", "Down one row"},
		{Top, Everywhere, []string{"g", "home"}, "top", "To the first row"},
		{Bottom, Everywhere, []string{"G", "end"}, "bottom", "To the last row"},
		{PageUp, Everywhere, []string{"pgup", "ctrl+u"}, "page up", "Up one page"},
		{PageDown, Everywhere, []string{"pgdown", "ctrl+d"}, "page down", "Down one page"},

		{OtherDeck, Decks, []string{"tab"}, "other deck", "To the other deck"},
		{ShipAll, Decks, []string{"s"}, "ship", "Ship: build, deliver, deploy, verify"},
		{Build, Decks, []string{"b"}, "build", "Build the image"},
		{Push, Decks, []string{"p"}, "push", "Push the image"},
		{Deploy, Decks, []string{"d"}, "deploy", "Deploy to the cluster"},
		{LogsOf, Decks, []string{"l"}, "logs", "Logs of the selected row"},
		{ShellIn, Decks, []string{"e"}, "shell", "Shell in the container or pod"},
		{AttachTo, Decks, []string{"a"}, "attach", "Attach to the main process"},
		{CopyFiles, Decks, []string{"F"}, "files", "Copy files out of the container or pod, or into it"},
		{Describe, Decks, []string{"i"}, "describe", "Describe (pod) or inspect (container)"},
		{WhyOf, Decks, []string{"W"}, "why", "Why: what is the matter with the row, and what to do"},
		{YAMLOf, Decks, []string{"y"}, "yaml", "YAML or JSON of the selected row"},
		{CopyFact, Decks, []string{"Y"}, "copy", "Copy its name, ID, image, address, or the command"},
		{Restart, Decks, []string{"r"}, "restart", "Restart; a pod's workload is rolled over"},
		{StartStop, Decks, []string{"S"}, "stop/start", "Stop or start the container"},
		{Remove, Decks, []string{"x", "delete"}, "remove", "Remove the container or delete the pod; asks first"},
		{Pause, Decks, []string{"P"}, "pause", "Pause the container, or let it go on"},
		{Kill, Decks, []string{"K"}, "kill", "Kill the container at once; asks first"},
		{Pull, Decks, []string{"U"}, "pull", "Pull the image anew from its registry"},
		{ScaleUp, Decks, []string{"+"}, "scale up", "One replica more"},
		{ScaleDown, Decks, []string{"-"}, "scale down", "One replica less; asks before the last one goes"},
		{ScaleTo, Decks, []string{"#"}, "scale to", "Scale to a number of replicas"},
		{SortLeft, Decks, []string{"<"}, "sort", "Sort by the column to the left"},
		{SortRight, Decks, []string{">"}, "sort", "Sort by the column to the right"},
		{SortReverse, Decks, []string{"R"}, "reverse", "Turn the order round"},
		{Mark, Decks, []string{"space"}, "mark", "Mark the row, or all of a group: keys then act on all that is marked"},
		{Fold, Decks, []string{"Z"}, "fold", "Fold or unfold the group"},
		{System, Decks, []string{"."}, "system", "Show or hide system rows"},
		{AllSpaces, Decks, []string{"0"}, "all namespaces", "Look at all namespaces"},
		{OnlyBad, Decks, []string{"ctrl+z"}, "unhealthy", "Show only what is unhealthy (the filter is:bad), or all again"},
		{SameImage, Decks, []string{"="}, "same image", "To what runs the same image on the other deck, and back"},
		{Upward, Decks, []string{"}"}, "who calls it", "From a pod to its workload, to its service, to its ingress"},
		{GoBack, Decks, []string{"{", "backspace"}, "back", "Back to where the last jump came from"},
		{Related, Decks, []string{"L"}, "related", "All that the row has to do with: owner, service, ingress, config, node"},
		{NextList, Decks, []string{"v"}, "next list", "The deck's next list: images, volumes; deployments, services"},
		{PrevList, Decks, []string{"V"}, "previous list", "The deck's previous list"},
		{NextTab, Decks, []string{"]", "right"}, "next tab", "Next tab of the detail"},
		{PrevTab, Decks, []string{"[", "left"}, "previous tab", "Previous tab of the detail"},
		{ZoomDetail, Decks, []string{"z"}, "zoom", "Zoom: give the deck the whole width, then all the room, and back"},

		{Follow, Logs, []string{"f"}, "follow", "Follow new lines, or stand still"},
		{Filter, Logs, []string{"/"}, "search", "Search: words, or re: and a regular expression"},
		{NextMatch, Logs, []string{"n"}, "next match", "To the next match of the search"},
		{PrevMatch, Logs, []string{"N"}, "previous match", "To the match before"},
		{Only, Logs, []string{"&"}, "only", "Show only lines with this; !this shows only those without"},
		{Since, Logs, []string{"s"}, "since", "How far back to read"},
		{Previous, Logs, []string{"p"}, "previous", "The instance before this one, and back"},
		{Containers, Logs, []string{"C"}, "containers", "Which containers of a pod: one, or all"},
		{Wrap, Logs, []string{"w"}, "wrap", "Wrap long lines"},
		{ScrollLeft, Logs, []string{"h", "shift+left"}, "left", "To the left, in lines that are not wrapped"},
		{ScrollOn, Logs, []string{"l", "shift+right"}, "right", "To the right, in lines that are not wrapped"},
		{Timestamps, Logs, []string{"T"}, "times", "Times: none, clock, full, age"},
		{JSON, Logs, []string{"J"}, "json", "JSON lines: in short, over several lines, as written"},
		{Open, Logs, []string{"enter"}, "unfold", "Unfold one JSON line: the match, else the last one seen"},
		{Save, Logs, []string{">"}, "save", "Save all lines to a file"},
		{Copy, Logs, []string{"y"}, "copy", "Copy what came since the last mark, else what is seen"},
		{CopyAll, Logs, []string{"Y"}, "copy all", "Copy all lines"},
		{PutMark, Logs, []string{"m"}, "mark", "Put a mark with the time below the last line"},
		{Uncover, Logs, []string{"D"}, "clear", "Clear the lines away, or bring back what was cleared"},
		{Clear, Logs, []string{"ctrl+l"}, "clear again", "Clear away what came until now"},
		{OtherDeck, Logs, []string{"tab", "q"}, "decks", "Back to the decks"},
		{NextTab, Logs, []string{"]", "right"}, "next tab", "Next tab of the detail"},
		{PrevTab, Logs, []string{"[", "left"}, "previous tab", "Previous tab of the detail"},
		{ZoomDetail, Logs, []string{"z"}, "zoom", "Give the detail the whole screen, and back"},

		{WhyOf, Logs, []string{"W"}, "why", "Why: what is the matter with the row, and what to do"},

		{Fix, Why, []string{"f"}, "fix", "Mend it (shown first)"},
		{Undo, Why, []string{"u"}, "undo", "Take the last fix back (shown first)"},
		{Refresh, Why, []string{"r"}, "look again", "Look again what is the matter"},
		{Filter, Why, []string{"/"}, "search", "Search in what is shown"},
		{NextMatch, Why, []string{"n"}, "next match", "To the next match of the search"},
		{PrevMatch, Why, []string{"N"}, "previous match", "To the match before"},
		{Copy, Why, []string{"y"}, "copy", "Copy what is shown"},
		{OtherDeck, Why, []string{"tab", "q"}, "decks", "Back to the decks"},
		{NextTab, Why, []string{"]", "right"}, "next tab", "Next tab of the detail"},
		{PrevTab, Why, []string{"[", "left"}, "previous tab", "Previous tab of the detail"},
		{ZoomDetail, Why, []string{"z"}, "zoom", "Give the detail the whole screen, and back"},

		{Refresh, Setup, []string{"r"}, "check again", "Run all checks again"},
		{Fix, Setup, []string{"f"}, "fix", "Mend the selected problem (shown first)"},
		{Undo, Setup, []string{"u"}, "undo", "Take the last fix back (shown first)"},
		{Copy, Setup, []string{"y"}, "copy", "Copy a report without secrets"},

		{Run, Ship, []string{"s"}, "ship", "Run the plan"},
		{Build, Ship, []string{"b"}, "build", "Only build"},
		{Push, Ship, []string{"p"}, "push", "Build and push"},
		{Deploy, Ship, []string{"d"}, "deploy", "Only deploy what was built last"},
		{Release, Ship, []string{"v"}, "version", "Choose the tag: of this work, or the next patch, minor or major version"},
		{GiveLogin, Ship, []string{"l"}, "login", "Let pods that cannot pull use docker's login (asks first)"},
		{Cancel, Ship, []string{"x"}, "cancel", "Cancel what runs"},
		{Refresh, Ship, []string{"r"}, "plan again", "Read the folder again and plan anew"},
	}
}
